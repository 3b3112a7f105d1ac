package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A script's life by REST, while devices of both protocols take what it writes. */
class ParserScriptsIT {

    private static final String REF = "swapped.py";
    private static final String PATH = "/api/v1/parsers/" + REF;
    private static final Duration SWAP = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static RunningPusher pusher;

    @BeforeAll
    static void start() throws Exception {
        pusher = RunningPusher.shared();
    }

    @Test
    void aScriptIsPutChangedRefusedKeptOverACrashFixedAndDeletedWhileDevicesWork() throws Exception {
        try (TwoDevices devices = new TwoDevices(pusher, "swap", REF)) {
            HttpResponse<String> first = pusher.put(PATH, "text/x-python", TwoDevices.source("v1:"));
            String v1 = sha256(first, 201);
            assertThat(first.headers().firstValue("ETag")).contains('"' + v1 + '"');
            devices.awaitLive(v1, SOON);
            devices.bothGet("v1:", v1);

            HttpResponse<String> second = pusher.put(PATH, "application/json", json("v2:", TwoDevices.examples("v2:")));
            String v2 = sha256(second, 200);
            assertThat(RunningPusher.json(second.body()).get("examples").asInt())
                    .isEqualTo(1);
            assertThat(v2).isNotEqualTo(v1);
            devices.awaitLive(v2, SWAP);
            devices.bothGet("v2:", v2);

            HttpResponse<String> wrong = pusher.put(PATH, "application/json", json("v3:", TwoDevices.examples("v2:")));
            assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(422);
            JsonNode violation =
                    RunningPusher.json(wrong.body()).get("violations").get(0);
            assertThat(violation.get("field").asText()).isEqualTo("examples.seven");
            assertThat(violation.get("message").asText()).contains("76323a37", "76333a37");
            HttpResponse<String> syntax = pusher.put(PATH, "text/x-python", "def format_command(:\n");
            assertThat(syntax.statusCode()).as(syntax.body()).isEqualTo(422);
            assertThat(syntax.body()).containsIgnoringCase("syntax");
            devices.bothGet("v2:", v2);

            pusher.killConnectors();
            devices.bothGet("v2:", v2);
            JsonNode shown = RunningPusher.json(pusher.get(PATH).body());
            assertThat(shown.get("sha256").asText()).isEqualTo(v2);
            assertThat(shown.get("previous_sha256").asText()).isEqualTo(v1);

            String v3 = sha256(pusher.put(PATH, "application/json", json("v3:", TwoDevices.examples("v3:"))), 200);
            devices.awaitLive(v3, SWAP);
            devices.bothGet("v3:", v3);

            assertThat(pusher.delete(PATH).statusCode()).isEqualTo(204);
            devices.awaitRemoved(SWAP);
            devices.getNothing();
            assertThat(pusher.get(PATH).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void scriptsInFilesAreListedWithTheLayerTheyComeFrom() {
        await().atMost(SOON).untilAsserted(() -> {
            Map<String, String> layers = new HashMap<>();
            RunningPusher.json(pusher.get("/api/v1/parsers").body())
                    .get("items")
                    .forEach(item -> layers.put(
                            item.get("ref").asText(), item.get("layer").asText()));
            assertThat(layers)
                    .containsEntry("efento_bidirectional_parser.py", "shipped")
                    .containsEntry("mqtt_device_parser.py", "shipped")
                    .containsEntry("number.py", "directory");
        });
    }

    /** In the connector itself it would cost a thread for ever, and the second time the script. */
    @Test
    void whatNothingCanStopCostsItsCommandAndNoOther() throws Exception {
        String source = """
                def format_command(command, config):
                    if command['device_id'].startswith('endless-bad'):
                        return bytes([sum(range(10 ** 12))])
                    return b'n' + str(command['payload']['n']).encode()
                """;
        HttpResponse<String> put = pusher.put("/api/v1/parsers/endless.py", "text/x-python", source);
        assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        for (int n = 1; n <= 3; n++) {
            String bad = pusher.accept(CoapCommandIT.numbered("endless-bad-" + n, n, "endless.py"));
            JsonNode status = pusher.awaitState(bad, "failed");
            assertThat(status.get("reason").asText()).isEqualTo("FORMAT_TIMEOUT");
            String good = pusher.accept(CoapCommandIT.numbered("endless-good-" + n, n, "endless.py"));
            assertThat(pusher.next("endless-good-" + n)).isEqualTo("n" + n);
            pusher.awaitState(good, "sent");
        }
    }

    private static String sha256(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return RunningPusher.json(response.body()).get("sha256").asText();
    }

    private static String json(String prefix, String examples) {
        return "{\"source\": \"" + TwoDevices.source(prefix).replace("\n", "\\n") + "\", \"examples\": " + examples
                + "}";
    }
}
