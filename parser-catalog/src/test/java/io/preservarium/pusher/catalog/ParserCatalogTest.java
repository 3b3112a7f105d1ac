package io.preservarium.pusher.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParserCatalogTest {

    private static final ParserRef REF = new ParserRef("a.py");

    @Test
    void theHighestLayerIsLiveAndTheOthersAreShadowed() {
        ParserCatalog catalog = ParserCatalog.ofFiles();
        ParserScript shipped = script(REF, "shipped = 1");
        ParserScript topic = script(REF, "topic = 1");
        catalog.put(ParserLayer.TOPIC, topic);
        catalog.put(ParserLayer.SHIPPED, shipped);
        assertThat(catalog.version(REF)).contains(topic.version());
        ParserCatalog.Entry entry = catalog.entries().getFirst();
        assertThat(entry.live()).isEqualTo(topic.version());
        assertThat(entry.liveLayer()).isEqualTo(ParserLayer.TOPIC);
        assertThat(entry.versions()).containsEntry(ParserLayer.SHIPPED, shipped.version());
        catalog.remove(ParserLayer.TOPIC, REF);
        assertThat(catalog.version(REF)).contains(shipped.version());
        catalog.remove(ParserLayer.SHIPPED, REF);
        assertThat(catalog.version(REF)).isEmpty();
        assertThat(catalog.entries()).isEmpty();
    }

    @Test
    void itIsListedWhenEveryLayerIs() {
        ParserCatalog catalog = ParserCatalog.ofFilesAndTopic();
        catalog.listed(ParserLayer.SHIPPED);
        catalog.listed(ParserLayer.DIRECTORY);
        assertThat(catalog.isListed()).isFalse();
        catalog.listed(ParserLayer.TOPIC);
        assertThat(catalog.isListed()).isTrue();
    }

    @Test
    void theDirectoryShadowsShippedScriptsAndIsWatched(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.py"), "v = 1");
        Files.createDirectory(folder.resolve("vendor"));
        Files.writeString(folder.resolve("vendor").resolve("b.py"), "v = 1");
        Files.writeString(folder.resolve("vendor").resolve("b.proto"), "syntax = \"proto3\";");
        Files.writeString(folder.resolve("vendor").resolve("b.py.examples.json"), "{\"examples\": []}");
        Files.writeString(folder.resolve("not a ref.py"), "v = 1");
        Files.write(folder.resolve("latin.py"), new byte[] {'#', (byte) 0xe4});
        Files.createDirectory(folder.resolve("..data"));
        Files.writeString(folder.resolve("..data").resolve("a.py"), "hidden = 1");
        ParserCatalog catalog = ParserCatalog.ofFiles();
        catalog.put(ParserLayer.SHIPPED, script(REF, "shipped = 1"));
        try (ScriptsDirectory watch = ScriptsDirectory.watch(folder, Duration.ofMillis(20), 1000, catalog)) {
            assertThat(watch).isNotNull();
            assertThat(catalog.entries()).extracting(e -> e.ref().value()).containsExactly("a.py", "b.py");
            assertThat(catalog.live(REF).orElseThrow().source()).isEqualTo("v = 1");
            ParserScript b = catalog.live(new ParserRef("b.py")).orElseThrow();
            assertThat(b.companions()).containsOnlyKeys("b.proto");
            assertThat(b.examples()).contains("{\"examples\": []}");

            Files.writeString(folder.resolve("a.py"), "version = 2");
            await().atMost(Duration.ofSeconds(5)).until(() -> source(catalog).equals(List.of("version = 2")));
            Files.writeString(folder.resolve("a.py"), "#".repeat(1001));
            await().atMost(Duration.ofSeconds(5)).until(() -> source(catalog).equals(List.of("shipped = 1")));
            Files.writeString(folder.resolve("a.py"), "v = 3");
            await().atMost(Duration.ofSeconds(5)).until(() -> source(catalog).equals(List.of("v = 3")));
            Files.delete(folder.resolve("a.py"));
            await().atMost(Duration.ofSeconds(5)).until(() -> source(catalog).equals(List.of("shipped = 1")));
        }
    }

    private static List<String> source(ParserCatalog catalog) {
        return catalog.live(REF).stream().map(ParserScript::source).toList();
    }

    @Test
    void aDirectoryThatIsNotThereStopsTheStart(@TempDir Path folder) {
        assertThatThrownBy(() -> ScriptsDirectory.watch(
                        folder.resolve("none"), Duration.ofSeconds(1), 1000, ParserCatalog.ofFiles()))
                .hasMessageStartingWith("PARSER_SCRIPTS_DIR must be a folder but was ");
    }

    @Test
    void whoWaitsForAScriptIsToldWhenAVersionIsLiveAgain() {
        ParserCatalog catalog = ParserCatalog.ofFiles();
        List<ParserRef> told = new ArrayList<>();
        catalog.whenLive(told::add);
        catalog.put(ParserLayer.SHIPPED, script(REF, "shipped = 1"));
        catalog.put(ParserLayer.TOPIC, script(REF, "topic = 1"));
        catalog.remove(ParserLayer.TOPIC, REF);
        assertThat(told).containsExactly(REF, REF, REF);
        catalog.remove(ParserLayer.SHIPPED, REF);
        catalog.remove(ParserLayer.SHIPPED, REF);
        assertThat(told).hasSize(3);
    }

    private static ParserScript script(ParserRef ref, String source) {
        return new ParserScript(TrustDomain.DIRECTORY, ref, source, Map.of(), Optional.empty());
    }
}
