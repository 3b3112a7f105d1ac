package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.script.ShippedScripts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** {@code random_messages.txt} was written by Google's, by the same program. */
    @Test
    void whatBecomesOfRandomMessagesIsWhatGooglesSay() throws IOException {
        Map<String, String> companions = new HashMap<>(ShippedScripts.read().stream()
                .filter(script -> script.companions().containsKey("proto_config.proto"))
                .findFirst()
                .orElseThrow()
                .companions());
        for (String name : List.of("all_types.proto", "shared_types.proto", "legacy.proto")) {
            companions.put(name, resource(name));
        }
        ParserRef ref = Runtime.live(".py", resource("random_messages.py"), companions);
        List<String> wrong = new ArrayList<>();
        List<String> lines = resource("random_messages.txt").lines().toList();
        for (String line : lines) {
            String[] words = line.split(" ");
            Map<String, Object> payload = Map.of("schema", words[0], "seed", Integer.parseInt(words[1]));
            if (!Runtime.text(Runtime.format(ref, payload)).equals(words[2])) {
                wrong.add(line);
            }
        }
        assertThat(lines).hasSizeGreaterThan(1_500);
        assertThat(wrong)
                .as("%s differ; the first gives: %s", wrong.size(), wrong.isEmpty() ? "" : told(ref, wrong))
                .isEmpty();
    }

    private static String told(ParserRef ref, List<String> wrong) {
        String[] words = wrong.getFirst().split(" ");
        return Runtime.text(
                Runtime.format(ref, Map.of("schema", words[0], "seed", Integer.parseInt(words[1]), "told", true)));
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

    // nanopb/nanopb#618, #638
    @Test
    void companionsMayExtendTheOptionsOfDescriptorProto() {
        ParserRef ref = Runtime.live(
                ".py",
                "import dev_pb2\ndef format_command(c): return dev_pb2.Cmd(s='ab').SerializeToString()",
                Map.of("nanopb.proto", """
                                syntax = "proto2";
                                import "google/protobuf/descriptor.proto";
                                message N { optional int32 max_size = 1; }
                                extend google.protobuf.FieldOptions { optional N nanopb = 1010; }
                                """, "dev.proto", """
                                syntax = "proto3";
                                import "nanopb.proto";
                                message Cmd { string s = 1 [(nanopb).max_size = 16]; }
                                """));
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("0a026162");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "field_mask.proto FieldMask 0a030a0161 paths=['a']",
                "source_context.proto SourceContext 0a030a0161 file_name='a'",
                "type.proto Type 0a030a0161 name='a'",
                "api.proto Api 0a030a0161 name='a'",
                "timestamp.proto Timestamp 0a020801 seconds=1"
            })
    void companionsMayImportEveryFileThatGoogleBrings(String line) {
        String[] parts = line.split(" ");
        ParserRef ref = Runtime.live(
                ".py",
                "import dev_pb2\nfrom google.protobuf." + parts[0].replace(".proto", "_pb2") + " import " + parts[1]
                        + "\ndef format_command(c): return dev_pb2.Cmd(x=" + parts[1] + "(" + parts[3]
                        + ")).SerializeToString()",
                Map.of(
                        "dev.proto",
                        "syntax = \"proto3\"; import \"google/protobuf/" + parts[0]
                                + "\"; message Cmd { google.protobuf." + parts[1] + " x = 1; }"));
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo(parts[2]);
    }

    // protocolbuffers/protobuf#2830 and others; the bytes are those of Google's 7.36.2
    @Test
    void mapsAreWrittenInTheOrderOfTheirKeys() {
        ParserRef ref = Runtime.live(
                ".py", """
                import maps_pb2
                def format_command(c):
                    made = maps_pb2.M()
                    for key, value in (("b", 1), ("a", 2), ("C", 3)):
                        made.m[key] = value
                    return made.SerializeToString(deterministic=True)
                """, Map.of("maps.proto", "syntax = \"proto3\"; message M { map<string, int32> m = 1; }"));
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("0a050a01431003" + "0a050a01611002" + "0a050a01621001");
    }

    @Test
    void aCompanionMayBeginWithAByteOrderMark() {
        ParserRef ref = Runtime.live(
                ".py",
                "import dev_pb2\ndef format_command(c): return dev_pb2.M(a=1).SerializeToString()",
                Map.of("dev.proto", "\uFEFFsyntax = \"proto3\"; message M { int32 a = 1; }"));
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("0801");
    }

    @Test
    void aCompanionNobodyImportsDoesNoHarm() {
        ParserRef ref = Runtime.live(
                ".py", "def format_command(c): return b'ok'", Map.of("unused.proto", "this is no proto file"));
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("ok");
    }
}
