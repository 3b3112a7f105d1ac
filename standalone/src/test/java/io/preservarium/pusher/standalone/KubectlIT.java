package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.preservarium.pusher.command.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command by kubectl reaches a CoAP sensor and an MQTT device; the clients are kubectl, libcoap's, protoc and mosquitto's. */
class KubectlIT {

    private static RunningPusher pusher;
    private static TestNamespace namespace;
    private static RunningOperator operator;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        namespace = TestNamespace.open("kubectl");
        pusher = RunningPusher.shared();
        operator = RunningOperator.start(namespace, pusher);
    }

    @AfterAll
    static void stop() throws Exception {
        if (operator != null) {
            int code = operator.stop();
            namespace.close();
            assertThat(code).as("128 + SIGTERM: %s", operator.said()).isEqualTo(143);
        }
    }

    @Test
    void theEfentoExampleReachesTheSensorAndKubectlTellsTheStory() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        ForeignClient.PROTOC.require();
        namespace.kubectl(
                "create",
                "-f",
                TestNamespace.example("devicecommand-efento.yaml").toString());
        awaitState("efento-interval", "queued");

        byte[] answer = pusher.uplink("/m", CoapCommandIT.CAPTURE);
        assertThat(ForeignClient.PROTOC.run(answer, "--decode_raw")).contains("2: 300", "26: 1");

        namespace.kubectl("wait", "--for=condition=Finished", "dcmd/efento-interval", "--timeout=60s");
        assertThat(namespace.kubectl("get", "dcmd", "efento-interval"))
                .containsPattern("NAME +DEVICE +COMMAND +PROTOCOL +STATE +AGE")
                .containsPattern("efento-interval +282c02424eed +config_update +coap +sent ");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(namespace.kubectl("describe", "dcmd", "efento-interval"))
                        .contains("Published", "Queued", "Sending", "Sent"));
        JsonNode resource = namespace.get("dcmd/efento-interval");
        JsonNode status = resource.get("status");
        assertThat(status.get("requestId").asText())
                .isEqualTo(resource.at("/metadata/uid").asText());
        assertThat(status.at("/bytes/sha256").asText())
                .isEqualTo(io.preservarium.pusher.command.Digest.of(answer).hex());
        assertThat(status.at("/parserScript/ref").asText()).isEqualTo("efento_bidirectional_parser.py");
        assertThat(condition(status, "Succeeded")).isEqualTo("True");
        assertThat(pusher.status(status.get("requestId").asText())
                        .get("history")
                        .get(0)
                        .get("source")
                        .asText())
                .startsWith("k8s");
    }

    @Test
    void theMqttExampleReachesTheLamp() throws Exception {
        ForeignClient.MOSQUITTO_SUB.require();
        Path output = folder.resolve("lamp.out");
        Process lamp = ForeignClient.MOSQUITTO_SUB.start(
                output,
                List.of(
                        "-V",
                        "5",
                        "-d",
                        "-p",
                        String.valueOf(pusher.port(1883)),
                        "-q",
                        "1",
                        "-t",
                        "devices/lamp-17/commands",
                        "-C",
                        "1",
                        "-W",
                        "60"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(output).contains("Subscribed"));
        namespace.kubectl(
                "create", "-f", TestNamespace.example("devicecommand-mqtt.yaml").toString());
        namespace.kubectl("wait", "--for=condition=Finished", "dcmd/lamp-on", "--timeout=60s");
        assertThat(lamp.waitFor(60, TimeUnit.SECONDS)).isTrue();
        JsonNode status = namespace.get("dcmd/lamp-on").get("status");
        assertThat(Files.readString(output))
                .contains(
                        "\"state\":\"on\"",
                        "\"color\":\"blue\"",
                        status.get("requestId").asText());
        assertThat(namespace.kubectl("get", "dcmd", "lamp-on"))
                .containsPattern("lamp-on +lamp-17 +set_led +mqtt +sent ");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(namespace.kubectl("describe", "dcmd", "lamp-on"))
                        .contains("Published", "Sent"));
    }

    @Test
    void aCommandThatIsCancelledByAnEditNeverReachesTheDevice() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        namespace.create(waiting("called-back", "called-back"));
        awaitState("called-back", "queued");
        namespace.kubectl("patch", "dcmd", "called-back", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");
        namespace.kubectl("wait", "--for=condition=Finished", "dcmd/called-back", "--timeout=60s");
        JsonNode status = namespace.get("dcmd/called-back").get("status");
        assertThat(status.get("state").asText()).isEqualTo("cancelled");
        assertThat(condition(status, "Succeeded")).isEqualTo("False");
        assertThat(pusher.uplink("/devices/called-back/up", new byte[0])).isEmpty();
        TestNamespace.Run undone = namespace.tryKubectl(
                "", "patch", "dcmd", "called-back", "--type=merge", "-p", "{\"spec\":{\"cancel\":false}}");
        assertThat(undone.exitCode()).isNotZero();
        assertThat(undone.said()).contains("spec", "cancel");
    }

    @Test
    void aCommandThatIsDeletedWhileItWaitsNeverReachesTheDevice() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        namespace.create(waiting("deleted", "deleted"));
        awaitState("deleted", "queued");
        String id = namespace.get("dcmd/deleted").at("/metadata/uid").asText();
        namespace.kubectl("delete", "dcmd", "deleted", "--timeout=60s");
        assertThat(pusher.awaitState(id, "cancelled").get("final").asBoolean()).isTrue();
        assertThat(pusher.uplink("/devices/deleted/up", new byte[0])).isEmpty();
    }

    @Test
    void anEditOfACommandIsRefusedAndSendsNothing() throws Exception {
        namespace.create(waiting("edited", "edited"));
        awaitState("edited", "queued");
        TestNamespace.Run edit = namespace.tryKubectl(
                "",
                "patch",
                "dcmd",
                "edited",
                "--type=merge",
                "-p",
                "{\"spec\":{\"command\":{\"payload\":{\"n\":2}}}}");
        assertThat(edit.exitCode()).isNotZero();
        assertThat(edit.said()).contains("spec", "command", "immutable");
        assertThat(pusher.records(Topics.COMMANDS).stream()
                        .filter(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8)
                                .contains("\"edited\""))
                        .count())
                .isEqualTo(1);
    }

    private static void awaitState(String name, String state) throws Exception {
        namespace.kubectl("wait", "--for=jsonpath={.status.state}=" + state, "dcmd/" + name, "--timeout=60s");
    }

    static String condition(JsonNode status, String type) {
        for (JsonNode condition : status.get("conditions")) {
            if (condition.get("type").asText().equals(type)) {
                return condition.get("status").asText();
            }
        }
        return "absent";
    }

    /** A command that its device has to fetch. */
    static String waiting(String name, String device) {
        return """
                apiVersion: pusher.preservarium.io/v1alpha1
                kind: DeviceCommand
                metadata: {name: %s}
                spec: {command: {deviceId: %s, commandType: set, protocol: coap, parserScriptRef: number.py, payload: {"n": 1}}}
                """.formatted(name, device);
    }
}
