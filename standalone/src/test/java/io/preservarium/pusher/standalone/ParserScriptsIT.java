package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.command.wire.Topics;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A script's life by REST, while devices of both protocols take what it writes. */
class ParserScriptsIT {

    private static final String REF = "swapped.py";
    private static final String PATH = "/api/v1/parsers/" + REF;
    private static final Duration SWAP = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static RunningPusher pusher;

    @BeforeAll
    static void start() throws Exception {
        CoapConfig.register();
        UdpConfig.register();
        pusher = RunningPusher.shared();
    }

    @Test
    void aScriptIsPutChangedRefusedKeptOverACrashAndDeletedWhileDevicesWork() throws Exception {
        try (MqttDevice device = new MqttDevice()) {
            HttpResponse<String> first = pusher.put(PATH, "text/x-python", source("v1:"));
            assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
            String v1 = RunningPusher.json(first.body()).get("sha256").asText();
            assertThat(first.headers().firstValue("ETag")).contains('"' + v1 + '"');
            awaitLive(v1, SOON);
            bothDevicesGet(device, "v1:", 1, v1);

            HttpResponse<String> second = pusher.put(PATH, "application/json", withExample("v2:", "76323a37"));
            assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
            assertThat(RunningPusher.json(second.body()).get("examples").asInt())
                    .isEqualTo(1);
            String v2 = RunningPusher.json(second.body()).get("sha256").asText();
            assertThat(v2).isNotEqualTo(v1);
            awaitLive(v2, SWAP);
            bothDevicesGet(device, "v2:", 2, v2);

            HttpResponse<String> wrong = pusher.put(PATH, "application/json", withExample("v3:", "76323a37"));
            assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(422);
            JsonNode violation =
                    RunningPusher.json(wrong.body()).get("violations").get(0);
            assertThat(violation.get("field").asText()).isEqualTo("examples.seven");
            assertThat(violation.get("message").asText()).contains("76323a37", "76333a37");
            HttpResponse<String> syntax = pusher.put(PATH, "text/x-python", "def format_command(:\n");
            assertThat(syntax.statusCode()).as(syntax.body()).isEqualTo(422);
            assertThat(syntax.body()).containsIgnoringCase("syntax");
            bothDevicesGet(device, "v2:", 3, v2);

            long before = pusher.pid("coap-connector");
            pusher.kill("coap-connector");
            pusher.awaitAgain("coap-connector", 8081, before);
            bothDevicesGet(device, "v2:", 4, v2);
            JsonNode shown = RunningPusher.json(pusher.get(PATH).body());
            assertThat(shown.get("sha256").asText()).isEqualTo(v2);
            assertThat(shown.get("previous_sha256").asText()).isEqualTo(v1);

            assertThat(pusher.delete(PATH).statusCode()).isEqualTo(204);
            await().atMost(SWAP).pollInterval(Duration.ofMillis(50)).until(() -> connectors().values().stream()
                    .allMatch(status -> status.state() == ScriptStatus.State.REMOVED));
            String late = pusher.accept(CoapCommandIT.numbered("swap-coap", 5, REF));
            JsonNode status = pusher.awaitState(late, "failed");
            assertThat(status.get("reason").asText()).isEqualTo("PARSER_NOT_FOUND");
            assertThat(pusher.get(PATH).statusCode()).isEqualTo(404);
        }
    }

    private static void bothDevicesGet(MqttDevice device, String prefix, int n, String sha256) throws Exception {
        String coap = pusher.accept(CoapCommandIT.numbered("swap-coap", n, REF));
        String mqtt = pusher.accept("""
                {"device_id": "swap-mqtt", "command_type": "set", "payload": {"n": %d}, "protocol": "mqtt",
                 "parser_script_ref": "%s", "metadata": {"topic": "%s"}}""".formatted(n, REF, MqttDevice.TOPIC));
        assertThat(device.next()).isEqualTo(prefix + n);
        assertThat(next("swap-coap")).isEqualTo(prefix + n);
        for (String id : new String[] {coap, mqtt}) {
            JsonNode status = pusher.awaitState(id, "sent");
            assertThat(status.at("/parser/sha256").asText()).isEqualTo(sha256);
            assertThat(status.at("/bytes/sha256").asText())
                    .isEqualTo(Digest.of((prefix + n).getBytes(StandardCharsets.UTF_8))
                            .hex());
        }
    }

    /** Every connector says so, as anybody can see. */
    private static void awaitLive(String sha256, Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            JsonNode statuses = RunningPusher.json(pusher.get(PATH).body()).get("statuses");
            assertThat(statuses).as(statuses.toString()).hasSize(2).allSatisfy(status -> {
                assertThat(status.get("state").asText()).isEqualTo("live");
                assertThat(status.get("sha256").asText()).isEqualTo(sha256);
            });
        });
    }

    /** What each connector said last about the script. */
    private static Map<String, ScriptStatus> connectors() {
        return pusher.records(Topics.PARSER_SCRIPT_STATUS).stream()
                .flatMap(record -> ScriptJson.readStatus(record.value()).stream())
                .filter(status -> status.ref().value().equals(REF))
                .collect(Collectors.toMap(ScriptStatus::instance, status -> status, (older, newer) -> newer));
    }

    private static String next(String device) {
        CoapClient client = new CoapClient("coap://127.0.0.1:" + pusher.port(5683) + "/devices/" + device + "/up")
                .setTimeout(20_000L);
        try {
            String[] got = new String[1];
            await().atMost(Duration.ofSeconds(40))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        CoapResponse response = client.post(new byte[0], MediaTypeRegistry.UNDEFINED);
                        if (response == null || response.getPayloadSize() == 0) {
                            return false;
                        }
                        got[0] = new String(response.getPayload(), StandardCharsets.UTF_8);
                        return true;
                    });
            return got[0];
        } finally {
            client.shutdown();
        }
    }

    private static String source(String prefix) {
        return "def format_command(command, config):\n    return b'" + prefix
                + "' + str(command['payload']['n']).encode()\n";
    }

    private static String withExample(String prefix, String bytes) {
        return """
                {"source": "%s", "examples": {"examples": [{"name": "seven", "function": "format_command",
                 "command": {"payload": {"n": 7}}, "bytes": "%s"}]}}""".formatted(source(prefix).replace("\n", "\\n"), bytes);
    }

    /** Takes what the broker has for it, in order. */
    private static final class MqttDevice implements AutoCloseable {

        static final String TOPIC = "swap-mqtt/commands";

        private final Mqtt5BlockingClient client;
        private final Mqtt5BlockingClient.Mqtt5Publishes publishes;

        MqttDevice() {
            client = MqttClient.builder()
                    .useMqttVersion5()
                    .identifier("swap-mqtt")
                    .serverHost("127.0.0.1")
                    .serverPort(pusher.port(1883))
                    .buildBlocking();
            client.connect();
            publishes = client.publishes(MqttGlobalPublishFilter.ALL);
            client.subscribeWith().topicFilter(TOPIC).send();
        }

        String next() throws InterruptedException {
            return new String(
                    publishes
                            .receive(30, TimeUnit.SECONDS)
                            .orElseThrow(() -> new AssertionError("no command within 30 s"))
                            .getPayloadAsBytes(),
                    StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            publishes.close();
            client.disconnect();
        }
    }
}
