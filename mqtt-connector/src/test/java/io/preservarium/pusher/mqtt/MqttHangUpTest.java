package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.ConnectorLifecycle;
import io.preservarium.pusher.connector.ConnectorSettings;
import io.preservarium.pusher.connector.FakeDelivery;
import io.preservarium.pusher.connector.FakeParser;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that closes the connection for some topics: the commands for others must not suffer for it. */
class MqttHangUpTest {

    private static final int GOOD = 175;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HUNG_UP =
            "the broker closed the connection: IMPLEMENTATION_SPECIFIC_ERROR (0x83), not this one";

    @TempDir
    Path folder;

    private final FakeDelivery delivery = new FakeDelivery();
    private final Map<String, Integer> received = new ConcurrentHashMap<>();
    private Broker broker;
    private Mqtt5AsyncClient device;
    private ConnectorLifecycle connector;

    @BeforeEach
    void start() {
        int port = Broker.freePort();
        broker = new Broker(folder, port, 100);
        device = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildAsync();
        device.connect().join();
        device.publishes(
                MqttGlobalPublishFilter.ALL,
                message -> received.merge(message.getTopic().toString(), 1, Integer::sum));
        device.subscribeWith()
                .topicFilter("good/#")
                .qos(MqttQos.AT_LEAST_ONCE)
                .send()
                .join();
        TestConfig config = TestConfig.at(port).allowing("$SYS/");
        MqttConnections connections = new MqttConnections(config);
        Turns turns = new Turns(config.maxTurns());
        MqttRoute route = new MqttRoute(connections, turns);
        delivery.serves(route);
        MqttConnector protocol = new MqttConnector(
                config,
                delivery,
                connections,
                turns,
                new SimpleMeterRegistry(),
                Clock.fixed(Commands.NOW, ZoneOffset.UTC));
        connector = new ConnectorLifecycle(
                ConnectorSettings.draining(config.drain()), route, protocol, delivery, new FakeParser());
        await().until(() -> connector.notReadyBecause().isEmpty());
    }

    @AfterEach
    void stop() {
        connector.stop();
        device.disconnect().join();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void oneThatTheBrokerHangsUpOnFailsAndAllOthersAreDelivered(int qos) {
        takeCommands(1, qos);
        awaitTheEndOf(1);
        assertThat(delivery.failed.getFirst().reason()).contains(Reason.DELIVERY_FAILED);
        assertThat(delivery.failed.getFirst().why())
                .startsWith("it was published with nothing else in flight 2 times, and each time the connection to ")
                .endsWith(" was lost before the broker answered: " + HUNG_UP);
        assertThat(delivery.notSent).allSatisfy(lost -> assertThat(lost.why())
                .satisfiesAnyOf(
                        why -> assertThat(why).endsWith(" was lost before the broker answered: " + HUNG_UP),
                        why -> assertThat(why).endsWith(" is away")));
    }

    @Test
    void manyThatTheBrokerHangsUpOnFailAndAllOthersAreDelivered() {
        takeCommands(20, 1);
        awaitTheEndOf(20);
    }

    /** A setting allows the topic, and this broker still closes the connection for it. */
    @Test
    void anAllowedDollarTopicThatTheBrokerHangsUpOnFailsWithTheBrokersReason() {
        delivery.take(offer("dollar", Map.of("topic", "$SYS/pub")));
        takeGood();
        awaitTheEndOf(1);
        assertThat(delivery.failed.getFirst().why())
                .endsWith(
                        "the broker closed the connection: PROTOCOL_ERROR (0x82), Sent PUBLISH for a topic that starts"
                                + " with '$'");
    }

    /** Bad ones stand evenly between good ones. */
    private void takeCommands(int bad, int qos) {
        int distance = GOOD / bad;
        for (int i = 0; i < GOOD; i++) {
            if (i % distance == distance / 2 && i / distance < bad) {
                delivery.take(offer("bad-" + i, Map.of("topic", "hangup/" + i, "qos", qos)));
            }
            delivery.take(offer("good-" + i, Map.of("topic", "good/" + i, "qos", qos)));
        }
    }

    private void takeGood() {
        for (int i = 0; i < GOOD; i++) {
            delivery.take(offer("good-" + i, Map.of("topic", "good/" + i)));
        }
    }

    private static HandOut.Offer offer(String id, Map<String, Object> metadata) {
        return Commands.offer(id, "device-" + id, metadata, new byte[] {1});
    }

    private void awaitTheEndOf(int bad) {
        await().atMost(PATIENCE).until(() -> delivery.sent.size() == GOOD && delivery.failed.size() == bad);
        assertThat(ids(delivery.sent.stream().map(FakeDelivery.Sent::offer)))
                .isEqualTo(IntStream.range(0, GOOD).mapToObj(i -> "good-" + i).collect(Collectors.toSet()));
        assertThat(ids(delivery.failed.stream().map(FakeDelivery.Failed::offer)))
                .hasSize(bad)
                .noneMatch(id -> id.startsWith("good-"));
        Map<String, Long> extra = delivery.notSent.stream()
                .collect(Collectors.groupingBy(
                        lost -> lost.offer().command().requestId().value(), Collectors.counting()));
        assertThat(extra).allSatisfy((id, times) -> assertThat(times)
                .as("extra attempts of %s", id)
                .isLessThanOrEqualTo(id.startsWith("good-") ? 1 : 2));
        await().atMost(PATIENCE).until(() -> received.size() == GOOD);
        assertThat(received.values()).allMatch(times -> times <= 2);
    }

    private static Set<String> ids(Stream<HandOut.Offer> offers) {
        return offers.map(offer -> offer.command().requestId().value()).collect(Collectors.toSet());
    }
}
