package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.preservarium.pusher.command.ParserRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code import x_pb2} gives what Google's gives; {@code operations.json} was written by Google's. */
class ProtobufModulesTest {

    @TestFactory
    Stream<DynamicTest> operationsGiveWhatGooglesGive() throws IOException {
        ParserRef ref = Runtime.live(
                ".py",
                resource("operations.py"),
                Map.of(
                        "all_types.proto", resource("all_types.proto"),
                        "shared_types.proto", resource("shared_types.proto"),
                        "legacy.proto", resource("legacy.proto")));
        Map<?, ?> operations = new ObjectMapper().readValue(resource("operations.json"), Map.class);
        return operations.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(String.valueOf(e.getKey()), () -> {
                    String hex = Runtime.hex(Runtime.format(
                            ref, Optional.empty(), Runtime.command(String.valueOf(e.getKey()), Map.of()), Map.of()));
                    assertThat(readable(hex)).isEqualTo(readable(String.valueOf(e.getValue())));
                }));
    }

    /** Hex as text where it is text, so that a difference can be read. */
    private static String readable(String hex) {
        if (!hex.matches("([0-9a-f]{2})*")) {
            return hex;
        }
        return new String(java.util.HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ProtobufModulesTest.class.getResourceAsStream("/protobuf/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void twoScriptsWithCompanionsOfOneNameEachGetTheirOwn() {
        String source = """
                import same_pb2
                def format_command(command, config):
                    import same_pb2 as again
                    assert again is same_pb2
                    return same_pb2.M(%s=1).SerializeToString()
                """;
        ParserRef first = Runtime.live(
                ".py", source.formatted("a"), Map.of("same.proto", "syntax = \"proto3\"; message M { int32 a = 1; }"));
        ParserRef second = Runtime.live(
                ".py", source.formatted("b"), Map.of("same.proto", "syntax = \"proto3\"; message M { int32 b = 2; }"));
        for (int i = 0; i < 4; i++) {
            assertThat(Runtime.hex(Runtime.format(first))).isEqualTo("0801");
            assertThat(Runtime.hex(Runtime.format(second))).isEqualTo("1001");
        }
        ParserRef without = Runtime.python("import same_pb2\ndef format_command(c): return b''");
        assertThat(Runtime.text(Runtime.format(without))).contains("ModuleNotFoundError", "same_pb2");
    }

    @Test
    void aCompanionThatIsWrongSaysWhereAndWhat() {
        ParserRef broken = Runtime.live(
                ".py",
                "import broken_pb2\ndef format_command(c): return b''",
                Map.of("broken.proto", "syntax = \"proto3\";\nmessage M { int32 = 1; }"));
        assertThat(Runtime.text(Runtime.format(broken)))
                .startsWith("PARSER_INVALID: ImportError: broken.proto is not usable")
                .contains("line 1");

        ParserRef missing = Runtime.live(
                ".py",
                "import a_pb2\ndef format_command(c): return b''",
                Map.of("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message M { N n = 1; }"));
        assertThat(Runtime.text(Runtime.format(missing)))
                .contains("a.proto imports b.proto, which is not beside the script");
    }

    @Test
    void aCompanionNobodyImportsDoesNoHarm() {
        ParserRef ref = Runtime.live(
                ".py", "def format_command(c): return b'ok'", Map.of("unused.proto", "this is no proto file"));
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("ok");
    }
}
