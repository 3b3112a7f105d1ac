package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.tool.ParserTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What authors of scripts type, and what they are told. */
class ParserToolTest {

    private static final Path GUIDE = Path.of("../docs/writing-a-parser.md");

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"valve.py", "valve.js"})
    void aNewParserPassesItsCheck(String name) {
        assertThat(run("new-parser", name, "--folder", folder.toString())).isZero();
        assertThat(run("check-parser", folder.resolve(name).toString()))
                .as(said::toString)
                .isZero();
        assertThat(said.toString())
                .containsPattern("ok +half open +\\d+\\.\\d ms")
                .contains("1 scripts, 3 examples, 0 failed");
    }

    @Test
    void nothingIsWrittenOver() throws IOException {
        Files.writeString(folder.resolve("valve.py.examples.json"), "mine");
        assertThat(run("new-parser", "valve.py", "--folder", folder.toString())).isEqualTo(2);
        assertThat(said.toString()).contains("valve.py.examples.json is there already");
        assertThat(folder.resolve("valve.py")).doesNotExist();
    }

    @Test
    void aNameThatNoCommandCouldNameIsRefused() {
        assertThat(run("new-parser", "valve.rb", "--folder", folder.toString())).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aByteThatDiffersIsMarked() throws IOException {
        Files.writeString(folder.resolve("a.py"), "def format_command(c): return b'\\x01\\x02\\x03'");
        Files.writeString(
                folder.resolve("a.py.examples.json"),
                "{\"examples\": [{\"name\": \"three\", \"command\": {}, \"bytes\": \"010403\"}]}");
        assertThat(run("check-parser", folder.toString())).isEqualTo(1);
        assertThat(said.toString().lines().map(String::stripTrailing))
                .containsSequence(
                        "          expected 01 04 03", "          but was  01 02 03", "                      ^^")
                .contains("1 scripts, 1 examples, 1 failed");
    }

    @Test
    void whatCannotGoLiveIsRefusedWithTheReason() throws IOException {
        Files.writeString(folder.resolve("a.py"), "def format_command(c): return b''");
        Files.writeString(folder.resolve("a.py.examples.json"), "{\"examples\": [{\"name\": \"x\", \"byts\": \"\"}]}");
        Files.writeString(folder.resolve("b.py"), "def format_command(c: return b''");
        Files.writeString(folder.resolve("c.py"), "sum(range(10 ** 12))\ndef format_command(c): return b''");
        assertThat(run("check-parser", folder.toString())).isEqualTo(1);
        assertThat(said.toString())
                .contains("byts")
                .containsPattern("b.py  sha256 [0-9a-f]{64}\\R  REFUSED .*line 1")
                .containsPattern("c.py  sha256 [0-9a-f]{64}\\R  REFUSED .*took longer than it may")
                .contains("3 scripts, 0 examples, 3 failed");
    }

    @Test
    void whatIsNoScriptIsRefusedWithTheReason() throws IOException {
        Files.write(folder.resolve("bytes.py"), new byte[] {(byte) 0xff});
        Files.writeString(folder.resolve("no name.py"), "def format_command(c): return b''");
        Files.writeString(folder.resolve("large.py"), "#" + "x".repeat(1 << 18));
        assertThat(run("check-parser", folder.toString())).isEqualTo(1);
        assertThat(said.toString())
                .containsPattern("bytes.py\\R  REFUSED it is not UTF-8")
                .containsPattern("no name.py\\R  REFUSED .*no name.py")
                .containsPattern("large.py\\R  REFUSED with its companions it has 262145 bytes")
                .contains("0 scripts, 0 examples, 3 failed");
    }

    @Test
    void theClockStandsWhileAScriptLoadsAsItDoesBeforeAVersionGoesLive() throws IOException {
        Files.writeString(
                folder.resolve("a.py"),
                "import time\nYEAR = time.gmtime().tm_year\ndef format_command(c): return str(YEAR).encode()");
        Files.writeString(
                folder.resolve("a.py.examples.json"),
                "{\"examples\": [{\"name\": \"then\", \"command\": {}, \"now\": \"2001-02-03T04:05:06Z\","
                        + " \"bytes\": \"32303031\"}]}");
        assertThat(run("check-parser", folder.resolve("a.py").toString()))
                .as(said::toString)
                .isZero();
    }

    @Test
    void aPathThatIsNotThereIsSaid() {
        assertThat(run("check-parser", folder.resolve("no.py").toString())).isEqualTo(2);
        assertThat(said.toString()).contains("there is no ");
    }

    @Test
    void theGuidesOwnParserPassesItsOwnExamples() throws IOException {
        String guide = Files.readString(GUIDE);
        Files.writeString(folder.resolve("valve.py"), block(guide, "python"));
        Files.writeString(folder.resolve("valve.py.examples.json"), block(guide, "json"));
        assertThat(run("check-parser", folder.toString())).as(said::toString).isZero();
        assertThat(said.toString()).contains("1 scripts, 3 examples, 0 failed");
    }

    private static String block(String guide, String language) {
        Matcher block = Pattern.compile("```" + language + "\\R(.*?)```", Pattern.DOTALL)
                .matcher(guide);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        return ParserTool.run(all.toArray(String[]::new), TestConfig.defaults(), new PrintWriter(said, true));
    }
}
