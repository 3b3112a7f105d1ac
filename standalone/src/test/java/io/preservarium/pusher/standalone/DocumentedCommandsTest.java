package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the README and the docs tell people to paste is what the services take. */
class DocumentedCommandsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    /** The body of a curl, or what is echoed into kcat. */
    private static final Pattern COMMAND = Pattern.compile("'(\\{[^'\\n]*\"device_id\"[^'\\n]*})'");

    private static final Pattern JSON_BLOCK = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyCommandIsValid() throws IOException {
        return pages().stream().flatMap(page -> {
            String text = read(page);
            List<DynamicTest> tests = new java.util.ArrayList<>();
            Matcher commands = COMMAND.matcher(text);
            while (commands.find()) {
                String json = commands.group(1);
                tests.add(DynamicTest.dynamicTest(
                        ROOT.relativize(page) + ": " + json, () -> assertThat(CommandJson.readRequest(
                                        json.getBytes(StandardCharsets.UTF_8),
                                        () -> new RequestId("made-here"),
                                        Clock.systemUTC().instant(),
                                        ExpiryRule.STANDARD))
                                .isInstanceOf(CommandJson.Read.Valid.class)));
            }
            Matcher blocks = JSON_BLOCK.matcher(text);
            while (blocks.find()) {
                String json = blocks.group(1);
                tests.add(DynamicTest.dynamicTest(
                        ROOT.relativize(page) + ": a block of JSON",
                        () -> assertThat(new ObjectMapper().readTree(json)).isNotNull()));
            }
            return tests.stream();
        });
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 4)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.of("target", ".git", ".dev", ".mvn")
                            .noneMatch(
                                    folder -> ROOT.relativize(file).toString().contains(folder + "/")))
                    .toList();
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
