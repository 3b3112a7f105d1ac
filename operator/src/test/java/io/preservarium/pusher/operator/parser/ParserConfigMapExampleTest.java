package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.operator.Repository;
import io.preservarium.pusher.operator.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The example is the shipped Efento script, and stays so. */
class ParserConfigMapExampleTest {

    private static final Path EXAMPLE = Repository.k8s("examples/parser-configmap-efento.yaml");
    private static final Path SHIPPED = Repository.root().resolve("parsers/scripts/efento");

    /** What the API server takes of annotations, where kubectl apply without --server-side keeps a copy of everything. */
    private static final int ANNOTATIONS = 256 << 10;

    private static final String HEAD = """
            # The shipped script for Efento sensors with its .proto companions and its examples, as a ConfigMap: a base for changes.
            #   kubectl apply --server-side -n pusher -f parser-configmap-efento.yaml
            #   kubectl get configmap efento-parser -n pusher -o yaml | grep parser-status
            # ParserConfigMapExampleTest writes it from parsers/scripts/efento.
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: efento-parser
              labels:
                pusher.preservarium.io/parser-script: "true"
            data:
            """;

    @Test
    void theExampleIsTheShippedScript() throws IOException {
        SortedMap<String, String> shipped = shipped();
        String expected = HEAD
                + shipped.entrySet().stream()
                        .map(file -> block(file.getKey(), file.getValue()))
                        .collect(Collectors.joining());
        if ("true".equals(System.getenv("UPDATE_GOLDEN"))) {
            Files.writeString(EXAMPLE, expected);
        }
        assertThat(Repository.text(EXAMPLE))
                .as("UPDATE_GOLDEN=true writes it anew")
                .isEqualTo(expected);
        assertThat(example().getData()).isEqualTo(shipped);
        assertThat(example().getMetadata().getNamespace()).isNull();
    }

    @Test
    void nothingOfItIsRefusedOrIgnored() {
        ConfigMap example = example();
        assertThat(ParserConfigMaps.isLabelled(example)).isTrue();
        ParserConfigMap read = ParserConfigMap.of(example);
        assertThat(read.scripts()).containsOnlyKeys(new ParserRef("efento_bidirectional_parser.py"));
        assertThat(read.scripts().values()).allSatisfy(script -> assertThat(script)
                .isInstanceOfSatisfying(ParserConfigMap.Script.Whole.class, whole -> {
                    assertThat(whole.draft().companions()).hasSize(5);
                    assertThat(whole.draft().examples()).isPresent();
                }));
        assertThat(read.problems()).isEmpty();
        assertThat(read.ignored()).isEmpty();
    }

    @Test
    void itFitsEvenWithTheCopyThatKubectlKeeps() {
        assertThat(Resources.YAML.asJson(example()).getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(ANNOTATIONS - (16 << 10));
    }

    private static ConfigMap example() {
        return Resources.YAML.unmarshal(Repository.text(EXAMPLE), ConfigMap.class);
    }

    private static SortedMap<String, String> shipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            return files.filter(file -> !file.getFileName().toString().endsWith(".md"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString(),
                            Repository::text,
                            (one, other) -> one,
                            TreeMap::new));
        }
    }

    /** A literal block scalar, YAML 1.2 section 8.1.2. */
    private static String block(String key, String text) {
        assertThat(text).as(key).endsWith("\n").doesNotEndWith("\n\n").doesNotContain("\t", "\r");
        String lines = text.lines()
                .map(line -> line.isEmpty() ? "" : "    " + line)
                .collect(Collectors.joining("\n", "", "\n"));
        return "  " + key + ": |\n" + lines;
    }
}
