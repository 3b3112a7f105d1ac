package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.preservarium.pusher.command.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator, Kafka and the API server die at the worst moments: one record per resource, and the true end. */
class KubernetesCrashIT {

    private static final int MANY = 20;
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    private TestNamespace namespace;
    private RunningPusher pusher;
    private RunningOperator operator;

    @BeforeEach
    void start() throws Exception {
        namespace = TestNamespace.open("outage");
        pusher = RunningPusher.shared();
        operator = RunningOperator.start(namespace, pusher);
    }

    @AfterEach
    void stop() throws Exception {
        if (operator != null) {
            operator.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void theOperatorIsKilledBetweenPublicationAndStatus() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        namespace.takeAwayTheStatus();
        namespace.create(KubectlIT.waiting("between", "killed-between"));
        String id = namespace.get("dcmd/between").at("/metadata/uid").asText();
        pusher.awaitState(id, "queued");
        assertThat(namespace.get("dcmd/between").has("status")).isFalse();

        operator.kill();
        assertThat(pusher.uplink("/devices/killed-between/up", new byte[0]))
                .isEqualTo("1".getBytes(StandardCharsets.UTF_8));
        namespace.grantEverything();
        operator = RunningOperator.start(namespace, pusher);

        namespace.kubectl("wait", "--for=condition=Finished", "dcmd/between", "--timeout=90s");
        assertThat(namespace.get("dcmd/between").at("/status/state").asText()).isEqualTo("sent");
        assertThat(recordsById().get(id)).as("records in Kafka").isEqualTo(1);
        assertThat(pusher.uplink("/devices/killed-between/up", new byte[0]))
                .as("nothing is sent twice")
                .isEmpty();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(namespace.kubectl("describe", "dcmd", "between"))
                        .contains("Kafka had the command already"));
    }

    @Test
    void kafkaIsAwayWhileResourcesAreCreated() throws Exception {
        pusher.freeze();
        try {
            long begin = System.nanoTime();
            namespace.create(many("mqtt"));
            await().pollDelay(OUTAGE).atMost(OUTAGE.plusSeconds(5)).until(() -> true);
            for (JsonNode resource : namespace.get("dcmd").get("items")) {
                assertThat(resource.at("/status/acceptedAt").isMissingNode())
                        .as(resource.toString())
                        .isTrue();
            }
            System.out.printf(
                    "Kafka was away for %.1f s%n", (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1));
        } finally {
            pusher.thaw();
        }
        everyOneEndsAsSentAndIsOnceInKafka();
        assertThat(operator.said()).contains("Kafka does not take commands", "Kafka takes commands again");
    }

    @Test
    void theApiServerDiesWhileCommandsAreUnderWay() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        namespace.create(many("coap"));
        namespace.kubectl("wait", "--for=condition=Accepted", "dcmd", "--all", "--timeout=60s");
        Thread devices = Thread.ofVirtual().start(this::everyDeviceFetches);
        TestNamespace.restartApiServer();
        namespace.create(KubectlIT.waiting("after", "after"));
        devices.join();
        pusher.awaitState(namespace.get("dcmd/after").at("/metadata/uid").asText(), "queued", Duration.ofSeconds(60));
        assertThat(pusher.uplink("/devices/after/up", new byte[0])).isNotEmpty();
        everyOneEndsAsSentAndIsOnceInKafka();
    }

    private void everyDeviceFetches() {
        for (int i = 0; i < MANY; i++) {
            int device = i;
            await().atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .until(() ->
                            pusher.uplink("/devices/" + namespace.name() + "-" + device + "/up", new byte[0]).length
                                    > 0);
        }
    }

    private void everyOneEndsAsSentAndIsOnceInKafka() throws Exception {
        namespace.kubectl("wait", "--for=condition=Finished", "dcmd", "--all", "--timeout=120s");
        Map<String, Integer> records = recordsById();
        JsonNode items = namespace.get("dcmd").get("items");
        assertThat(items.size()).isGreaterThanOrEqualTo(MANY);
        for (JsonNode resource : items) {
            String id = resource.at("/metadata/uid").asText();
            assertThat(resource.at("/status/state").asText())
                    .as(resource.toString())
                    .isEqualTo("sent");
            assertThat(records.get(id)).as("records of " + id).isEqualTo(1);
            assertThat(pusher.status(id).get("state").asText()).isEqualTo("sent");
        }
    }

    private Map<String, Integer> recordsById() throws Exception {
        Map<String, Integer> found = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : pusher.records(Topics.COMMANDS)) {
            JsonNode command = RunningPusher.json(new String(record.value(), StandardCharsets.UTF_8));
            if (command.has("request_id")) {
                found.merge(command.get("request_id").asText(), 1, Integer::sum);
            }
        }
        return found;
    }

    private String many(String protocol) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add("""
                    apiVersion: pusher.preservarium.io/v1alpha1
                    kind: DeviceCommand
                    metadata: {name: many-%d}
                    spec:
                      command:
                        deviceId: %s-%d
                        commandType: set
                        protocol: %s
                        parserScriptRef: number.py
                        payload: {"n": %d}
                        metadata: {topic: "many/%d"}
                    """.formatted(i, namespace.name(), i, protocol, i, i));
        }
        return String.join("---\n", all);
    }
}
