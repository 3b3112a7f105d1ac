package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMqttTest {

    @TempDir
    private static Path folder;

    private static final Ports PORTS = FreePorts.find();
    private static EmbeddedMqtt mqtt;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        mqtt = new EmbeddedMqtt(folder, PORTS);
        mqtt.start();
        mqtt.awaitStarted();
    }

    @AfterAll
    static void stop() throws Exception {
        mqtt.close();
    }

    @Test
    void simulatedDevicePrintsWhatItIsToldAndAnswers() {
        CompletableFuture<Integer> device = CompletableFuture.supplyAsync(
                () -> run("device", "mqtt", "lamp-1", "--count", "1", "--timeout", "20s", "--reply", "{\"ok\":true}"));
        await().atMost(Duration.ofSeconds(20)).until(() -> out.toString().contains("subscribed to"));

        Mqtt5BlockingClient connector = client("connector");
        connector.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes replies = connector.publishes(MqttGlobalPublishFilter.ALL)) {
            connector.subscribeWith().topicFilter("replies/#").send();
            connector
                    .publishWith()
                    .topic("devices/lamp-1/commands")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .responseTopic("replies/lamp-1")
                    .correlationData("c-7".getBytes(StandardCharsets.US_ASCII))
                    .userProperties()
                    .add("request_id", "demo-1")
                    .applyUserProperties()
                    .payload("{\"on\":true,\"level\":12345678901234567890}".getBytes(StandardCharsets.UTF_8))
                    .send();

            assertThat(device.join()).isZero();
            assertThat(out.toString())
                    .contains("← devices/lamp-1/commands, QoS 1, not retained, 40 bytes")
                    .contains("request_id: demo-1")
                    .contains("\"level\" : 12345678901234567890");
            assertThat(replies.receive(10, TimeUnit.SECONDS).orElseThrow())
                    .satisfies(reply ->
                            assertThat(reply.getPayloadAsBytes()).asString().isEqualTo("{\"ok\":true}"))
                    .satisfies(reply -> assertThat((Object) StandardCharsets.US_ASCII.decode(
                                    reply.getCorrelationData().orElseThrow()))
                            .hasToString("c-7"));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            connector.disconnect();
        }
    }

    @Test
    void sessionWaitsForADeviceThatIsAway() throws Exception {
        Mqtt5BlockingClient away = client("away");
        away.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
        away.subscribeWith()
                .topicFilter("devices/away")
                .qos(MqttQos.AT_LEAST_ONCE)
                .send();
        away.disconnect();
        Mqtt5BlockingClient connector = client("connector");
        connector.connect();
        for (int i = 0; i < 1500; i++) { // the broker's default discards from 1000 on
            connector
                    .publishWith()
                    .topic("devices/away")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(new byte[] {1})
                    .send();
        }
        connector.disconnect();

        try (Mqtt5BlockingClient.Mqtt5Publishes messages = away.publishes(MqttGlobalPublishFilter.ALL)) {
            away.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
            int received = 0;
            while (received < 1500 && messages.receive(5, TimeUnit.SECONDS).isPresent()) {
                received++;
            }
            assertThat(received).isEqualTo(1500);
        } finally {
            away.disconnect();
        }
    }

    private Mqtt5BlockingClient client(String id) {
        return Mqtt5Client.builder()
                .identifier(id)
                .serverHost(Ports.LOOPBACK)
                .serverPort(PORTS.mqtt())
                .buildBlocking();
    }

    private int run(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--port-offset";
        all[arguments.length + 1] = Integer.toString(PORTS.offset());
        return Standalone.commandLine(Clock.systemUTC(), new StopSignal())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
