package io.preservarium.pusher.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.benchmarks.soak.CodecFile.Routine;
import io.preservarium.pusher.parsers.check.ScriptExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodecFileTest {

    private static CodecFile read(Path folder, String yaml) throws IOException {
        Path vendor = Files.createDirectories(folder.resolve("acme"));
        Files.writeString(vendor.resolve("thing.js"), "function decodeUplink() {}");
        return CodecFile.read(Files.writeString(vendor.resolve("thing-codec.yaml"), yaml));
    }

    @Test
    void examplesBecomeThoseOfAParserScript(@TempDir Path folder) throws Exception {
        CodecFile codec = read(folder, """
                uplinkDecoder:
                  fileName: thing.js
                  examples:
                    - description: warm
                      input: {fPort: 7, recvTime: '2020-08-02T20:00:00Z', bytes: [0x01, 255]}
                      output: {data: {t: 25.5, at: null}}
                    - description: wrong
                      input: {bytes: []}
                      output: {errors: [too short, other]}
                downlinkEncoder:
                  fileName: thing.js
                  examples:
                    - description: on
                      input: {data: {led: on}}
                      output: {bytes: [1, -1], fPort: 2}
                """);
        assertThat(codec.name()).isEqualTo("acme/thing-codec.yaml");
        assertThat(codec.script(Routine.DECODE_UPLINK)).contains("function decodeUplink() {}");
        assertThat(codec.examples(Routine.DECODE_UPLINK))
                .containsExactly(
                        "{\"examples\":[{\"name\":\"1 warm\",\"now\":\"2020-08-02T20:00:00Z\",\"function\":\"parse\","
                                + "\"payload\":\"01ff\",\"config\":{\"metadata\":{\"f_port\":7}},"
                                + "\"outputs\":[{\"t\":25.5,\"at\":null}]}]}",
                        "{\"examples\":[{\"name\":\"2 wrong\",\"function\":\"parse\",\"payload\":\"\","
                                + "\"config\":{\"metadata\":{}},\"error\":\"too short\"}]}");
        assertThat(codec.examples(Routine.ENCODE_DOWNLINK))
                .containsExactly("{\"examples\":[{\"name\":\"1 on\",\"function\":\"format_command\","
                        + "\"command\":{\"payload\":{\"led\":\"on\"},\"metadata\":{}},\"bytes\":\"01ff\"}]}");
        for (Routine routine : Routine.values()) {
            for (String text : codec.examples(routine)) {
                assertThat(ScriptExample.read(text)).hasSize(1);
            }
        }
    }

    @Test
    void aFileWithoutARoutineHasNoExamplesOfIt(@TempDir Path folder) throws Exception {
        CodecFile codec = read(folder, "uplinkDecoder: {fileName: thing.js}");
        assertThat(codec.examples(Routine.DECODE_UPLINK)).isEmpty();
        assertThat(codec.script(Routine.ENCODE_DOWNLINK)).isEmpty();
        assertThat(read(folder, "").examples(Routine.ENCODE_DOWNLINK)).isEmpty();
    }

    @Test
    void whatIsNoYamlIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> read(folder, "a: ["))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("thing-codec");
    }
}
