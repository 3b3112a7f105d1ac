package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command reaches an MQTT device; the clients are mosquitto's and kcat. */
class MqttCommandIT {

    private static RunningPusher pusher;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        pusher = RunningPusher.shared();
    }

    @Test
    void theSubscriberSeesTheScriptsJsonAtQosOne() throws Exception {
        ForeignClient.MOSQUITTO_SUB.require();
        Path output = folder.resolve("sub.out");
        Process subscriber = subscribe("devices/mqtt_device_001/commands", 1, output);
        String id = pusher.accept("""
                {"device_id": "mqtt_device_001", "command_type": "set_led", "payload": {"state": "on", "color": "blue"},
                 "protocol": "mqtt", "parser_script_ref": "mqtt_device_parser.py",
                 "metadata": {"topic": "devices/mqtt_device_001/commands"}}""");
        JsonNode message = received(subscriber, output).get(0);
        assertThat(message.get("qos").asInt()).isEqualTo(1);
        assertThat(message.get("retain").asInt()).isZero();
        assertThat(message.at("/payload/command_type").asText()).isEqualTo("set_led");
        assertThat(message.at("/payload/payload/color").asText()).isEqualTo("blue");
        assertThat(message.at("/payload/request_id").asText()).isEqualTo(id);
        JsonNode status = pusher.awaitState(id, "sent");
        assertThat(RunningPusher.history(status)).containsExactly("accepted", "sending", "sent");
        assertThat(status.at("/delivery/topic").asText()).isEqualTo("devices/mqtt_device_001/commands");
    }

    @Test
    void nobodyListeningIsSaidAndIsNotCalledDelivered() throws Exception {
        String id = pusher.accept(command("nobody", "devices/nobody/commands", ""));
        JsonNode status = pusher.awaitState(id, "sent");
        assertThat(status.get("message").asText()).containsIgnoringCase("no matching subscribers");
    }

    @Test
    void aCommandWithoutTopicIsAcceptedAndFailsWithItsReason() throws Exception {
        String id = pusher.accept("""
                {"device_id": "topicless", "command_type": "set", "payload": {}, "protocol": "mqtt",
                 "parser_script_ref": "mqtt_device_parser.py"}""");
        JsonNode status = pusher.awaitState(id, "failed");
        assertThat(status.get("reason").asText()).isEqualTo("INVALID_METADATA");
        assertThat(status.get("message").asText()).contains("topic");
    }

    @Test
    void aRecordOfAnotherPartitionerWithoutIdIsDeliveredAndHasAStatus() throws Exception {
        ForeignClient.KCAT.require();
        ForeignClient.MOSQUITTO_SUB.require();
        int devices = 6;
        Path output = folder.resolve("kcat.out");
        Process subscriber = subscribe("kcat/+/commands", devices, output);
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < devices; i++) {
            records.append("kcat-")
                    .append(i)
                    .append('\t')
                    .append(command("kcat-" + i, "kcat/" + i + "/commands", "").replace("\n", " "))
                    .append('\n');
        }
        ForeignClient.KCAT.run(
                records.toString().getBytes(StandardCharsets.UTF_8),
                "-P",
                "-b",
                pusher.kafka(),
                "-t",
                "device_commands",
                "-K",
                "\t");
        List<JsonNode> messages = received(subscriber, output);
        assertThat(messages).hasSize(devices);
        for (JsonNode message : messages) {
            String id = message.at("/payload/request_id").asText();
            assertThat(id).startsWith("device_commands-");
            assertThat(pusher.awaitState(id, "sent").get("device_id").asText()).startsWith("kcat-");
        }
    }

    @Test
    void commandsOfADeviceArriveInTheirOrder() throws Exception {
        ForeignClient.MOSQUITTO_SUB.require();
        Path output = folder.resolve("order.out");
        Process subscriber = subscribe("ordered/commands", 50, output);
        StringBuilder batch = new StringBuilder("{\"commands\":[");
        for (int i = 0; i < 50; i++) {
            batch.append(i == 0 ? "" : ",").append(command("ordered", "ordered/commands", "\"n\": " + i));
        }
        assertThat(pusher.post("/api/v1/commands/batch", batch.append("]}").toString())
                        .statusCode())
                .isEqualTo(200);
        List<JsonNode> messages = received(subscriber, output);
        assertThat(messages.stream()
                        .map(m -> m.at("/payload/payload/n").asInt())
                        .toList())
                .isSorted()
                .hasSize(50);
    }

    private static String command(String device, String topic, String payload) {
        return """
                {"device_id": "%s", "command_type": "set", "payload": {%s}, "protocol": "mqtt",
                 "parser_script_ref": "mqtt_device_parser.py", "metadata": {"topic": "%s"}}""".formatted(device, payload, topic);
    }

    private Process subscribe(String topic, int count, Path output) throws Exception {
        Process process = ForeignClient.MOSQUITTO_SUB.start(
                output,
                List.of(
                        "-V",
                        "5",
                        "-d",
                        "-p",
                        String.valueOf(pusher.port(1883)),
                        "-q",
                        "2",
                        "-t",
                        topic,
                        "-C",
                        String.valueOf(count),
                        "-W",
                        "60",
                        "-F",
                        "%j"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(output).contains("SUBACK")
                        || Files.readString(output).contains("Subscribed"));
        return process;
    }

    private static List<JsonNode> received(Process subscriber, Path output) throws Exception {
        assertThat(subscriber.waitFor(70, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("{"))
                .toList();
        List<JsonNode> messages = new java.util.ArrayList<>();
        for (String line : lines) {
            JsonNode message = RunningPusher.json(line);
            ((com.fasterxml.jackson.databind.node.ObjectNode) message)
                    .set(
                            "payload",
                            RunningPusher.json(
                                    message.get("payload").isTextual()
                                            ? message.get("payload").asText()
                                            : message.get("payload").toString()));
            messages.add(message);
        }
        return messages;
    }
}
