package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParserConfigMapTest {

    @Test
    void everyScriptHasTheCompanionsAndItsOwnExamples() {
        ParserConfigMap read = read(Map.of(
                "valve.py", "source",
                "pump.js", "other",
                "valve.py.examples.json", "{}",
                "a.proto", "a",
                "b.proto", "b"));
        assertThat(read.scripts().keySet()).extracting(ParserRef::value).containsExactly("pump.js", "valve.py");
        assertThat(draft(read, "valve.py"))
                .isEqualTo(new PublishedScript.Draft(
                        new ParserRef("valve.py"),
                        "source",
                        Map.of("a.proto", "a", "b.proto", "b"),
                        Optional.of("{}")));
        assertThat(draft(read, "pump.js").companions()).hasSize(2);
        assertThat(draft(read, "pump.js").examples()).isEmpty();
        assertThat(read.problems()).isEmpty();
        assertThat(read.ignored()).isEmpty();
    }

    @Test
    void theContentIsThatOfTheScriptAlone() {
        String before = content(read(Map.of("valve.py", "source", "pump.py", "one")));
        assertThat(content(read(Map.of("valve.py", "source", "pump.py", "two", "readme.md", "new"))))
                .isEqualTo(before);
        assertThat(content(read(Map.of("valve.py", "changed")))).isNotEqualTo(before);
        assertThat(content(read(Map.of("valve.py", "source", "a.proto", "new"))))
                .isNotEqualTo(before);
        assertThat(content(read(Map.of("valve.py", "source", "valve.py.examples.json", "{}"))))
                .isNotEqualTo(before);
    }

    @Test
    void aNameThatNoScriptCanHaveIsAProblem() {
        ParserConfigMap read = read(Map.of("-valve.py", "source", ".js", "source"));
        assertThat(read.scripts()).isEmpty();
        assertThat(read.problems().keySet()).containsExactly("-valve.py", ".js");
        assertThat(read.problems().get("-valve.py")).contains("parser script reference must be a file name");
    }

    @Test
    void examplesWithoutTheirScriptAreAProblem() {
        ParserConfigMap read = read(Map.of("valve.py", "source", "vlave.py.examples.json", "{}"));
        assertThat(read.problems())
                .containsExactly(Map.entry(
                        "vlave.py.examples.json",
                        "these are examples of vlave.py, which is no script of this ConfigMap"));
        assertThat(read(Map.of("notes.examples.json", "{}")).problems()).containsKey("notes.examples.json");
    }

    @Test
    void whatIsNoTextBreaksTheScriptsThatNeedIt() {
        assertThat(broken(Map.of("pump.py", "source"), "valve.py", "valve.py")).isEqualTo("valve.py is not UTF-8 text");
        assertThat(broken(Map.of("valve.py", "source"), "valve.py.examples.json", "valve.py"))
                .isEqualTo("valve.py.examples.json is not UTF-8 text");
        assertThat(broken(Map.of("valve.py", "source"), "a.proto", "valve.py")).isEqualTo("a.proto is not UTF-8 text");
        ParserConfigMap read = read(Map.of("valve.py", "source"), Map.of("pump.py", "/w=="));
        assertThat(read.scripts().get(new ParserRef("valve.py"))).isInstanceOf(ParserConfigMap.Script.Whole.class);
    }

    @Test
    void otherKeysAreIgnoredAndSaidToBe() {
        ParserConfigMap read = read(Map.of("valve.py", "source", "readme.md", "text"), Map.of("logo.png", "/w=="));
        assertThat(read.ignored()).containsExactly("logo.png", "readme.md");
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void anEmptyConfigMapHasNothing() {
        ParserConfigMap read = ParserConfigMap.of(new ConfigMapBuilder().build());
        assertThat(read.scripts()).isEmpty();
        assertThat(read.isReadable()).isTrue();
    }

    @Test
    void moreKeysThanAnAnnotationCanSayAreNotReadAtAll() {
        ParserConfigMap read = read(IntStream.rangeClosed(0, ParserConfigMap.MOST_KEYS)
                .boxed()
                .collect(Collectors.toMap(i -> "n" + i + ".py", i -> "source")));
        assertThat(read.isReadable()).isFalse();
        assertThat(read.scripts()).isEmpty();
        assertThat(read.problems()).containsEntry("data", "must have at most 100 keys but has 101");
    }

    private static ParserConfigMap read(Map<String, String> data) {
        return read(data, Map.of());
    }

    private static ParserConfigMap read(Map<String, String> data, Map<String, String> binary) {
        return ParserConfigMap.of(
                new ConfigMapBuilder().withData(data).withBinaryData(binary).build());
    }

    private static ParserConfigMap.Script script(ParserConfigMap read, String ref) {
        return Optional.ofNullable(read.scripts().get(new ParserRef(ref))).orElseThrow();
    }

    private static PublishedScript.Draft draft(ParserConfigMap read, String ref) {
        return ((ParserConfigMap.Script.Whole) script(read, ref)).draft();
    }

    private static String content(ParserConfigMap read) {
        return script(read, "valve.py").content();
    }

    private static String broken(Map<String, String> data, String binary, String ref) {
        return ((ParserConfigMap.Script.Broken) script(read(data, Map.of(binary, "/w==")), ref)).message();
    }
}
