package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A script's life as a ConfigMap, while devices of both protocols take what it writes; the client is kubectl. */
class ParserConfigMapIT {

    private static final String STATUS = "/metadata/annotations/pusher.preservarium.io~1parser-status";
    private static final Duration FOLLOW = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static RunningPusher pusher;
    private static TestNamespace namespace;
    private static RunningOperator operator;

    @BeforeAll
    static void start() throws Exception {
        namespace = TestNamespace.open("scripts");
        pusher = RunningPusher.shared();
        operator = RunningOperator.start(namespace, pusher);
    }

    @AfterAll
    static void stop() throws Exception {
        if (operator != null) {
            operator.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void aScriptIsAppliedChangedBrokenKeptOverACrashFixedAndDeletedWhileDevicesWork() throws Exception {
        String ref = "mapped.py";
        try (TwoDevices devices = new TwoDevices(pusher, "mapped", ref)) {
            String v1 = applied("valve", ref, "v1:", "v1:");
            devices.awaitLive(v1, SOON);
            devices.bothGet("v1:", v1);

            namespace.apply(configMap("valve", ref, "v2:", "v2:"));
            long begin = System.nanoTime();
            String v2 = awaitAnother(ref, v1);
            devices.awaitLive(v2, FOLLOW);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            System.out.println("from kubectl apply to both connectors: " + took + " ms");
            assertThat(took).as("ms").isLessThan(FOLLOW.toMillis());
            devices.bothGet("v2:", v2);

            namespace.apply(configMap("valve", ref, "v3:", "v2:"));
            JsonNode refused = status("valve", status -> state(status).equals("refused"));
            assertThat(refused.at("/scripts/mapped.py/message").asText())
                    .contains("examples.seven", "76323a37", "76333a37");
            assertThat(refused.at("/scripts/mapped.py/sha256").asText()).isEqualTo(v2);
            awaitEvent("valve", "ParserRefused");
            devices.bothGet("v2:", v2);

            pusher.killConnectors();
            devices.bothGet("v2:", v2);

            String v3 = applied("valve", ref, "v3:", "v3:");
            devices.awaitLive(v3, FOLLOW);
            devices.bothGet("v3:", v3);

            namespace.kubectl("delete", "configmap", "valve", "--timeout=30s");
            devices.awaitRemoved(FOLLOW);
            devices.getNothing();
        }
    }

    @Test
    void aConfigMapThatClaimsAnothersReferenceChangesNothingAndSaysWhy() throws Exception {
        String ref = "claimed.py";
        try (TwoDevices devices = new TwoDevices(pusher, "claimed", ref)) {
            String mine = applied("first", ref, "mine:", "mine:");
            devices.awaitLive(mine, SOON);

            namespace.apply(configMap("second", ref, "theirs:", "theirs:"));
            JsonNode owned = status("second", status -> state(status).equals("owned"));
            assertThat(owned.at("/scripts/claimed.py/message").asText())
                    .contains("configmap:" + namespace.name() + "/first");
            awaitEvent("second", "ParserOwned");
            HttpResponse<String> rest =
                    pusher.put("/api/v1/parsers/" + ref, "text/x-python", TwoDevices.source("rest:"));
            assertThat(rest.statusCode()).as(rest.body()).isEqualTo(409);
            assertThat(pusher.delete("/api/v1/parsers/" + ref).statusCode()).isEqualTo(409);
            devices.bothGet("mine:", mine);

            namespace.kubectl("delete", "configmap", "second", "--timeout=30s");
            devices.bothGet("mine:", mine);
            assertThat(live(ref).get("owner").asText()).isEqualTo("configmap:" + namespace.name() + "/first");

            namespace.kubectl("delete", "configmap", "first", "--timeout=30s");
            devices.awaitRemoved(SOON);
        }
    }

    @Test
    void theEfentoExampleIsTheShippedScriptAndTakesItsPlace() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        String ref = "efento_bidirectional_parser.py";
        namespace.kubectl(
                "apply",
                "-f",
                TestNamespace.example("parser-configmap-efento.yaml").toString());
        String name = RunningPusher.json(namespace.kubectl(
                        "get", "configmap", "-l", "pusher.preservarium.io/parser-script=true", "-o", "json"))
                .get("items")
                .valueStream()
                .filter(item -> item.get("data").has(ref))
                .findFirst()
                .orElseThrow()
                .at("/metadata/name")
                .asText();
        JsonNode status = status(name, found -> state(found).equals("live"));
        assertThat(live(ref).get("shadows").get(0).get("sha256"))
                .as("the shipped version")
                .isEqualTo(status.at("/scripts/" + ref + "/sha256"));
        assertThat(status.at("/scripts/" + ref + "/examples").asInt()).isPositive();

        String device = "282c02424e77";
        String id = pusher.accept("""
                {"device_id": "%s", "command_type": "config_update", "payload": {"measurement_interval": 600},
                 "protocol": "coap", "parser_script_ref": "%s"}""".formatted(device, ref));
        pusher.awaitState(id, "queued");
        assertThat(pusher.uplink("/m", CoapCommandIT.measurementOf(device))).isNotEmpty();
        assertThat(pusher.awaitState(id, "sent").at("/parser/sha256").asText())
                .isEqualTo(status.at("/scripts/" + ref + "/sha256").asText());

        namespace.kubectl("delete", "configmap", name, "--timeout=30s");
        assertThat(live(ref).get("layer").asText()).isEqualTo("shipped");
    }

    /** Applies it and gives the digest under which it is live. */
    private static String applied(String name, String ref, String prefix, String expected) throws Exception {
        namespace.apply(configMap(name, ref, prefix, expected));
        String content = TwoDevices.source(prefix);
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> assertThat(
                        live(ref).path("source").asText())
                .isEqualTo(content));
        status(name, status -> state(status).equals("live"));
        return live(ref).get("sha256").asText();
    }

    private static String awaitAnother(String ref, String before) {
        return await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> live(ref).path("sha256").asText(before), sha -> !sha.equals(before));
    }

    private static JsonNode live(String ref) throws Exception {
        return RunningPusher.json(pusher.get("/api/v1/parsers/" + ref).body());
    }

    private static JsonNode status(String name, Predicate<JsonNode> wanted) {
        return await().atMost(SOON)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> {
                            String text = namespace
                                    .get("configmap/" + name)
                                    .at(STATUS)
                                    .asText();
                            return RunningPusher.json(text.isEmpty() ? "{}" : text);
                        },
                        wanted);
    }

    private static String state(JsonNode status) {
        return status.path("state").asText();
    }

    private static void awaitEvent(String name, String reason) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(namespace.kubectl("describe", "configmap", name))
                        .contains(reason));
    }

    private static String configMap(String name, String ref, String prefix, String expected) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: %s
                  labels: {pusher.preservarium.io/parser-script: "true"}
                data:
                  %s: |
                %s
                  %s.examples.json: |
                    %s
                """.formatted(
                name, ref, TwoDevices.source(prefix).indent(4).stripTrailing(), ref, TwoDevices.examples(expected));
    }
}
