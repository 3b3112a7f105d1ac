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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A CoAP device and an MQTT device that take their commands while one parser script is changed. */
final class TwoDevices implements AutoCloseable {

    private final RunningPusher pusher;
    private final String name;
    private final String ref;
    private final Mqtt5BlockingClient mqtt;
    private final Mqtt5BlockingClient.Mqtt5Publishes publishes;
    private int n;

    TwoDevices(RunningPusher pusher, String name, String ref) {
        this.pusher = pusher;
        this.name = name;
        this.ref = ref;
        mqtt = MqttClient.builder()
                .useMqttVersion5()
                .identifier(name)
                .serverHost("127.0.0.1")
                .serverPort(pusher.port(1883))
                .buildBlocking();
        mqtt.connect();
        publishes = mqtt.publishes(MqttGlobalPublishFilter.ALL);
        mqtt.subscribeWith().topicFilter(topic()).send();
    }

    /** A script that writes this prefix and the number that it is told. */
    static String source(String prefix) {
        return "def format_command(command, config):\n    return b'" + prefix
                + "' + str(command['payload']['n']).encode()\n";
    }

    /** What must come of number 7. */
    static String examples(String prefix) {
        return """
                {"examples": [{"name": "seven", "function": "format_command", "command": {"payload": {"n": 7}}, "bytes": "%s"}]}""".formatted(java.util.HexFormat.of().formatHex((prefix + "7").getBytes(StandardCharsets.UTF_8)));
    }

    /** The next command of each is written by this version, and its status says so. */
    void bothGet(String prefix, String sha256) throws Exception {
        n++;
        String coap = pusher.accept(CoapCommandIT.numbered(name, n, ref));
        String mqtt = pusher.accept("""
                {"device_id": "%s-mqtt", "command_type": "set", "payload": {"n": %d}, "protocol": "mqtt",
                 "parser_script_ref": "%s", "metadata": {"topic": "%s"}}""".formatted(name, n, ref, topic()));
        assertThat(overMqtt()).isEqualTo(prefix + n);
        assertThat(pusher.next(name)).isEqualTo(prefix + n);
        for (String id : new String[] {coap, mqtt}) {
            JsonNode status = pusher.awaitState(id, "sent");
            assertThat(status.at("/parser/sha256").asText()).isEqualTo(sha256);
            assertThat(status.at("/bytes/sha256").asText())
                    .isEqualTo(Digest.of((prefix + n).getBytes(StandardCharsets.UTF_8))
                            .hex());
        }
    }

    /** Without a script the next command fails and says why. */
    void getNothing() throws Exception {
        n++;
        String late = pusher.accept(CoapCommandIT.numbered(name, n, ref));
        assertThat(pusher.awaitState(late, "failed").get("reason").asText()).isEqualTo("PARSER_NOT_FOUND");
    }

    /** Every connector says that this version is live, as anybody can see. */
    void awaitLive(String sha256, Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            JsonNode statuses = RunningPusher.json(
                            pusher.get("/api/v1/parsers/" + ref).body())
                    .path("statuses");
            assertThat(statuses).as(statuses.toString()).hasSize(2).allSatisfy(status -> {
                assertThat(status.get("state").asText()).isEqualTo("live");
                assertThat(status.get("sha256").asText()).isEqualTo(sha256);
            });
        });
    }

    /** Every connector says that it is gone. */
    void awaitRemoved(Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(50)).until(() -> connectors().values().stream()
                .allMatch(status -> status.state() == ScriptStatus.State.REMOVED));
    }

    /** What each connector said last about the script. */
    private Map<String, ScriptStatus> connectors() {
        return pusher.records(Topics.PARSER_SCRIPT_STATUS).stream()
                .flatMap(record -> ScriptJson.readStatus(record.value()).stream())
                .filter(status -> status.ref().value().equals(ref))
                .collect(Collectors.toMap(ScriptStatus::instance, status -> status, (older, newer) -> newer));
    }

    private String topic() {
        return name + "/commands";
    }

    private String overMqtt() throws InterruptedException {
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
        mqtt.disconnect();
    }
}
