package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** kill -9 of the connector, at the worst moments. */
class CrashIT {

    private static final int DEVICES = 50;
    private static final int EACH = 20;

    private static RunningPusher pusher;

    @BeforeAll
    static void start() throws Exception {
        pusher = RunningPusher.shared();
    }

    @Test
    void aThousandWaitingCommandsSurviveAndAreDeliveredInOrder() throws Exception {
        for (int from = 0; from < DEVICES * EACH; from += 250) {
            StringBuilder batch = new StringBuilder("{\"commands\":[");
            for (int i = from; i < from + 250; i++) {
                batch.append(i == from ? "" : ",")
                        .append(CoapCommandIT.numbered("crash-" + i % DEVICES, i / DEVICES, "number.py"));
            }
            assertThat(pusher.post("/api/v1/commands/batch", batch.append("]}").toString())
                            .statusCode())
                    .isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> ids("crash-", CommandState.QUEUED).size() == DEVICES * EACH);

        long before = pusher.pid("coap-connector");
        pusher.kill("coap-connector");
        pusher.awaitAgain("coap-connector", 8081, before);
        assertThat(ofDevices("crash-")).as("all still wait").allMatch(e -> e.state() == CommandState.QUEUED);

        for (int device = 0; device < DEVICES; device++) {
            for (int n = 0; n < EACH; n++) {
                assertThat(pusher.next("crash-" + device)).isEqualTo(String.valueOf(n));
            }
        }
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> ids("crash-", CommandState.SENT).size() == DEVICES * EACH);
        assertThat(ofDevices("crash-").stream().mapToInt(StatusEvent::attempt).max())
                .as("nothing went out twice")
                .hasValue(1);
    }

    @Test
    void anAttemptRecordedBeforeTheCrashIsOfferedAgainAfterItsLease() throws Exception {
        assertThat(pusher.device("between")
                        .post(new byte[0], MediaTypeRegistry.UNDEFINED)
                        .getPayloadSize())
                .isZero();
        String id = pusher.accept(CoapCommandIT.numbered("between", 42, "number.py"));
        pusher.awaitState(id, "queued");
        // The answer waits for the uplink's record, and there is no topic for it.
        withKafka(admin -> {
            admin.deleteTopics(List.of(Topics.UPLINKS)).all().get(20, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !admin.listTopics().names().get().contains(Topics.UPLINKS));
        });
        long before = pusher.pid("coap-connector");
        try {
            Request uplink = Request.newPost();
            pusher.device("between").advanced(new NoAnswer(), uplink);
            pusher.awaitState(id, "sending");
            // The device gives up. Repeated after the restart, this uplink would be given the recorded answer.
            uplink.cancel();
            pusher.kill("coap-connector");
        } finally {
            withKafka(admin -> admin.createTopics(List.of(new NewTopic(Topics.UPLINKS, 8, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS));
        }
        pusher.awaitAgain("coap-connector", 8081, before);
        assertThat(pusher.next("between")).isEqualTo("42");
        JsonNode status = pusher.awaitState(id, "sent");
        assertThat(status.get("attempts").asInt()).isEqualTo(2);
        assertThat(RunningPusher.history(status))
                .containsExactly("accepted", "queued", "sending", "queued", "sending", "sent");
    }

    /** The device goes away before there is one. */
    private static final class NoAnswer implements CoapHandler {
        @Override
        public void onLoad(CoapResponse response) {}

        @Override
        public void onError() {}
    }

    @Test
    void theMqttConnectorGoesOnWhereItWasKilled() throws Exception {
        long before = pusher.pid("mqtt-connector");
        pusher.kill("mqtt-connector");
        String id = pusher.accept("""
                {"device_id": "mqtt-crash", "command_type": "set", "payload": {}, "protocol": "mqtt",
                 "parser_script_ref": "mqtt_device_parser.py", "metadata": {"topic": "mqtt-crash/commands"}}""");
        assertThat(pusher.status(id).get("state").asText()).isEqualTo("accepted");
        pusher.awaitAgain("mqtt-connector", 8082, before);
        pusher.awaitState(id, "sent");
    }

    private static List<StatusEvent> ofDevices(String prefix) {
        return pusher.events().stream()
                .filter(e -> e.deviceId().value().startsWith(prefix))
                .toList();
    }

    private static Set<String> ids(String prefix, CommandState state) {
        return ofDevices(prefix).stream()
                .filter(e -> e.state() == state)
                .map(e -> e.requestId().value())
                .collect(Collectors.toSet());
    }

    private static void withKafka(KafkaWork work) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", pusher.kafka()))) {
            work.with(admin);
        }
    }

    private interface KafkaWork {
        void with(Admin admin) throws Exception;
    }
}
