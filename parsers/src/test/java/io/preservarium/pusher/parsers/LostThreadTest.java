package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script that nothing can stop must not keep the process from ending. */
class LostThreadTest {

    /** Runs a script that would go on for hours, until it is given up; then the process ends. */
    public static void main(String[] arguments) {
        TestScripts scripts = new TestScripts();
        ScriptParser parser = ScriptParser.start(
                new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(1), 1), scripts, ParserMetrics.none());
        ParserScript script = Runtime.script(
                new ParserRef("endless.py"), "def format_command(c): return bytes(sum(range(10 ** 12)))");
        scripts.put(ParserLayer.DIRECTORY, script);
        String text = Runtime.text(
                Runtime.get(parser.format(script.ref(), Optional.empty(), Runtime.command("any", Map.of()), Map.of())));
        System.out.println(text);
        parser.close();
        System.exit(0);
    }

    @Test
    void theProcessEndsAllTheSame(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LostThreadTest.class.getName()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(Files.readString(output)).contains("FORMAT_TIMEOUT: the call took longer than it may");
        } finally {
            process.destroyForcibly();
        }
    }
}
