package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.check.ScriptExample;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ScriptFolder;
import io.preservarium.pusher.parsers.script.ShippedScripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every shipped script does what its examples say, in the runtime that serves commands. */
class ShippedScriptsTest {

    @TestFactory
    Stream<DynamicContainer> examples() {
        return ShippedScripts.read().stream()
                .map(script -> DynamicContainer.dynamicContainer(
                        script.ref().value(),
                        examples(script).stream()
                                .map(example -> DynamicTest.dynamicTest(example.name(), () -> assertThat(Runtime.get(
                                                Runtime.PARSER.examples().run(script, example)))
                                        .isEmpty()))));
    }

    private static List<ScriptExample> examples(ParserScript script) {
        try {
            return ScriptExample.read(script.examples().orElseThrow());
        } catch (ScriptExample.Malformed e) {
            throw new AssertionError(script.ref() + ": " + e.getMessage(), e);
        }
    }

    @Test
    void everyShippedScriptHasExamplesAndAFittingSize() {
        assertThat(ShippedScripts.read()).isNotEmpty().allSatisfy(script -> {
            assertThat(examples(script)).isNotEmpty();
            assertThat(script.size()).isLessThan(TestConfig.defaults().scriptLimit());
        });
    }

    /** Sorted by byte order; a failure prints the lines that belong there. */
    @Test
    void theIndexNamesEveryFile() throws IOException {
        Path root = Path.of("scripts");
        List<String> files = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(root, 2)) {
            tree.filter(file -> Files.isRegularFile(file)
                            && root.relativize(file).getNameCount() == 2
                            && ScriptFolder.isPart(file.getFileName().toString()))
                    .forEach(file -> files.add(root.relativize(file).toString().replace('\\', '/')));
        }
        assertThat(Files.readAllLines(Path.of("src/main/resources/scripts/index.txt")))
                .containsExactlyElementsOf(files.stream().sorted().toList());
    }
}
