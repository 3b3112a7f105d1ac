package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.ConnectorLifecycle;
import io.preservarium.pusher.connector.ConnectorSettings;
import io.preservarium.pusher.connector.FakeDelivery;
import io.preservarium.pusher.connector.FakeParser;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector against a real broker, with a hand-made delivery. */
class MqttConnectorTest {

    private static final Clock CLOCK = Clock.fixed(Commands.NOW, ZoneOffset.UTC);
    private static final byte[] BYTES = {1, 2, 3};

    @TempDir
    static Path folder;

    private static int port;
    private static Broker broker;

    private final FakeDelivery delivery = new FakeDelivery();
    private final FakeParser parser = new FakeParser();
    private Optional<ConnectorLifecycle> connector = Optional.empty();
    private MqttConnections connections;
    private Mqtt5BlockingClient device;
    private Mqtt5BlockingClient.Mqtt5Publishes inbox;

    @BeforeAll
    static void startBroker() {
        port = Broker.freePort();
        broker = new Broker(folder, port);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connectDevice() {
        device = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildBlocking();
        device.connect();
        device.subscribeWith()
                .topicFilter("devices/#")
                .qos(MqttQos.EXACTLY_ONCE)
                .send();
        inbox = device.publishes(MqttGlobalPublishFilter.ALL);
    }

    @AfterEach
    void stop() {
        connector.ifPresent(ConnectorLifecycle::stop);
        inbox.close();
        device.disconnect();
    }

    private ConnectorLifecycle start(TestConfig config) {
        connections = new MqttConnections(config);
        Turns turns = new Turns(config.maxTurns());
        MqttRoute route = new MqttRoute(connections, turns);
        delivery.serves(route);
        MqttConnector protocol =
                new MqttConnector(config, delivery, connections, turns, new SimpleMeterRegistry(), CLOCK);
        ConnectorLifecycle started =
                new ConnectorLifecycle(ConnectorSettings.draining(config.drain()), route, protocol, delivery, parser);
        connector = Optional.of(started);
        return started;
    }

    private void startAndConnect() {
        ConnectorLifecycle started = start(TestConfig.at(port));
        await().until(() -> started.notReadyBecause().isEmpty());
    }

    private Mqtt5Publish received() throws InterruptedException {
        return inbox.receive(5, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("nothing was published"));
    }

    private FakeDelivery.Sent sent() {
        await().until(() -> !delivery.sent.isEmpty());
        return delivery.sent.getFirst();
    }

    private FakeDelivery.Failed failed() {
        await().until(() -> !delivery.failed.isEmpty());
        return delivery.failed.getFirst();
    }

    @Test
    void aCommandIsPublishedWithItsIdAndItsLife() throws Exception {
        startAndConnect();
        HandOut.Offer offer = Commands.offer("c-1", "d1", Map.of("topic", "devices/d1/commands"), BYTES);
        delivery.take(offer);

        Mqtt5Publish message = received();
        assertThat(message.getTopic()).hasToString("devices/d1/commands");
        assertThat(message.getPayloadAsBytes()).isEqualTo(BYTES);
        assertThat(message.getQos()).isEqualTo(MqttQos.AT_LEAST_ONCE);
        assertThat(message.isRetain()).isFalse();
        assertThat(message.getMessageExpiryInterval().orElseThrow()).isBetween(3595L, 3600L);
        assertThat(List.<Mqtt5UserProperty>copyOf(message.getUserProperties().asList()))
                .containsExactly(Mqtt5UserProperty.of("request_id", "c-1"));
        assertThat(message.getResponseTopic()).isEmpty();
        assertThat(message.getCorrelationData()).isEmpty();
        assertThat(sent().offer()).isSameAs(offer);
        assertThat(sent().facts())
                .isEqualTo(Map.of(
                        "identity", "broker",
                        "topic", "devices/d1/commands",
                        "qos", 1,
                        "retain", false,
                        "reason_code", "SUCCESS (0x00)"));
        assertThat(sent().note()).isEmpty();
        assertThat(delivery.pushed.getFirst()).isEqualTo(Map.of("identity", "broker"));
    }

    @Test
    void whatMetadataAsksForIsInThePublish() throws Exception {
        startAndConnect();
        delivery.take(Commands.offer(
                "c-2",
                "d2",
                Map.of(
                        "topic", "devices/d2/commands",
                        "qos", 2,
                        "response_topic", "replies/d2",
                        "content_type", "application/cbor",
                        "user_properties", Map.of("site", "north")),
                BYTES));

        Mqtt5Publish message = received();
        assertThat(message.getQos()).isEqualTo(MqttQos.EXACTLY_ONCE);
        assertThat(message.getResponseTopic().orElseThrow()).hasToString("replies/d2");
        assertThat(message.getContentType().orElseThrow()).hasToString("application/cbor");
        assertThat(StandardCharsets.UTF_8
                        .decode(message.getCorrelationData().orElseThrow())
                        .toString())
                .isEqualTo("c-2");
        assertThat(List.<Mqtt5UserProperty>copyOf(message.getUserProperties().asList()))
                .containsExactly(Mqtt5UserProperty.of("request_id", "c-2"), Mqtt5UserProperty.of("site", "north"));
        assertThat(sent().facts()).containsEntry("qos", 2).containsEntry("reason_code", "SUCCESS (0x00)");
    }

    @Test
    void qosZeroIsSentWhenItIsWritten() throws Exception {
        startAndConnect();
        delivery.take(Commands.offer("c-3", "d3", Map.of("topic", "devices/d3", "qos", 0), BYTES));

        assertThat(received().getQos()).isEqualTo(MqttQos.AT_MOST_ONCE);
        assertThat(sent().facts()).containsEntry("qos", 0).doesNotContainKey("reason_code");
    }

    @Test
    void aRetainedCommandExpires() {
        startAndConnect();
        delivery.take(Commands.offer("c-4", "d4", Map.of("topic", "kept/d4", "retain", true), BYTES));
        assertThat(sent().facts()).containsEntry("retain", true);

        Mqtt5BlockingClient late =
                Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildBlocking();
        late.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes kept = late.publishes(MqttGlobalPublishFilter.ALL)) {
            late.subscribeWith().topicFilter("kept/d4").send();
            Mqtt5Publish message = kept.receive(5, TimeUnit.SECONDS).orElseThrow();
            assertThat(message.isRetain()).isTrue();
            assertThat(message.getMessageExpiryInterval()).isPresent();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            late.disconnect();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTopicWithoutSubscribersIsSaidSo(int qos) {
        startAndConnect();
        delivery.take(Commands.offer("c-5", "d5", Map.of("topic", "nobody/hears", "qos", qos), BYTES));

        assertThat(sent().note()).contains("no matching subscribers");
        assertThat(sent().facts()).containsEntry("reason_code", "NO_MATCHING_SUBSCRIBERS (0x10)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aCommandThatTheBrokerRefusesFailsWithItsReasonCode(int qos) {
        startAndConnect();
        delivery.take(Commands.offer("c-6", "d6", Map.of("topic", "forbidden/d6", "qos", qos), BYTES));

        assertThat(failed().reason()).contains(Reason.DELIVERY_FAILED);
        assertThat(failed().why()).isEqualTo("the broker refused: NOT_AUTHORIZED (0x87), not yours");
        assertThat(delivery.sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCommandLongerThanTheBrokersPacketsFailsAndTheConnectionStays(int qos) throws Exception {
        startAndConnect();
        delivery.take(Commands.offer(
                "c-7", "d7", Map.of("topic", "devices/d7", "qos", qos), new byte[Broker.MAX_PACKET + 1]));

        assertThat(failed().reason()).contains(Reason.PAYLOAD_TOO_LARGE);
        delivery.take(Commands.offer("c-8", "d7", Map.of("topic", "devices/d7"), BYTES));
        received();
        assertThat(delivery.resumed).isEqualTo(1);
    }

    @Test
    void aVeryLongLifeHasNoExpiryAndAVeryShortOneHasASecond() throws Exception {
        startAndConnect();
        Map<String, Object> topic = Map.of("topic", "devices/d9");
        delivery.take(Commands.offer(
                Commands.command("c-9", "d9", topic, Duration.ofSeconds(0x1_0000_0000L), Expectation.SENT), BYTES));
        assertThat(received().getMessageExpiryInterval()).isEmpty();
        delivery.take(
                Commands.offer(Commands.command("c-10", "d9", topic, Duration.ofMillis(200), Expectation.SENT), BYTES));
        assertThat(received().getMessageExpiryInterval()).hasValue(1);
    }

    @Test
    void manyDevicesAreServedByABrokerWithASmallReceiveMaximum() {
        startAndConnect();
        for (int i = 0; i < 500; i++) {
            delivery.take(Commands.offer("m-" + i, "m" + i, Map.of("topic", "many/" + i), BYTES));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> delivery.sent.size() == 500);
        assertThat(delivery.notSent).isEmpty();
        assertThat(delivery.resumed).isEqualTo(1);
    }

    @Test
    void aBrokerThatAnswersNothingGetsItsReceiveMaximumAndNoMore() throws Exception {
        try (SilentBroker silent = new SilentBroker(3)) {
            ConnectorLifecycle started = start(new TestConfig(silent.port(), 20, 1_000, Duration.ofMillis(50)));
            await().until(() -> started.notReadyBecause().isEmpty());
            for (int i = 0; i < 100; i++) {
                delivery.take(Commands.offer("n-" + i, "n" + i, Map.of("topic", "many/" + i), BYTES));
            }
            await().until(() -> silent.publishesNotAwaited() == 3);
            await().during(Duration.ofMillis(100)).until(() -> silent.publishesNotAwaited() == 3);
            assertThat(delivery.pushed).hasSizeBetween(3, 20);
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void commandsAreFormattedAheadOfASmallReceiveMaximumWithinTheBound() {
        ConnectorLifecycle started = start(new TestConfig(port, 20, 1_000, Duration.ofSeconds(3)));
        await().until(() -> started.notReadyBecause().isEmpty());
        ofManyTurnsAreTaken(20);
        assertThat(delivery.notSent).isEmpty();
    }

    @Test
    void fewTurnsAreTakenWhileDeliveryWantsFewAndThenTheRest() {
        ConnectorLifecycle started = start(new TestConfig(port, 20, 1_000, Duration.ofSeconds(3)));
        await().until(() -> started.notReadyBecause().isEmpty());
        delivery.mostPushes = 3;
        ofManyTurnsAreTaken(3);
    }

    /** So many and no more while none is over; then all of them. */
    private void ofManyTurnsAreTaken(int atOnce) {
        CompletableFuture<HandOut> held = new CompletableFuture<>();
        delivery.held = Optional.of(held);
        for (int i = 0; i < 100; i++) {
            delivery.take(Commands.offer("p-" + i, "p" + i, Map.of("topic", "many/" + i), BYTES));
        }
        await().until(() -> delivery.pushed.size() == atOnce);
        await().during(Duration.ofMillis(100)).until(() -> delivery.pushed.size() == atOnce);

        delivery.mostPushes = Integer.MAX_VALUE;
        delivery.held = Optional.empty();
        held.complete(new HandOut.Nothing());
        delivery.resume();
        await().atMost(Duration.ofSeconds(10)).until(() -> delivery.sent.size() == 100);
    }

    @Test
    void turnsBeyondTheBoundComeLater() {
        ConnectorLifecycle started = start(new TestConfig(port, 2, 10, Duration.ofSeconds(3)));
        await().until(() -> started.notReadyBecause().isEmpty());
        for (int i = 0; i < 300; i++) {
            delivery.take(Commands.offer("b-" + i, "b" + i, Map.of("topic", "many/" + i), BYTES));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> delivery.sent.size() == 300);
    }

    @Test
    void theNextCommandOfADeviceFollowsInOrder() throws Exception {
        startAndConnect();
        for (int i = 0; i < 20; i++) {
            delivery.take(Commands.offer("o-" + i, "d10", Map.of("topic", "devices/d10"), new byte[] {(byte) i}));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(received().getPayloadAsBytes()).isEqualTo(new byte[] {(byte) i});
        }
        await().until(() -> delivery.sent.size() == 20);
    }

    @Test
    void commandsWaitForABrokerThatIsAwayAndGoWhenItIsBack(@TempDir Path own) {
        int ownPort = Broker.freePort();
        ConnectorLifecycle started = start(TestConfig.at(ownPort));
        assertThat(started.notReadyBecause().orElseThrow()).contains("127.0.0.1:" + ownPort);
        delivery.take(Commands.offer("w-1", "w1", Map.of("topic", "away/1"), BYTES));
        assertThat(delivery.pushed).isEmpty();

        try (Broker first = new Broker(own.resolve("first"), ownPort)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> delivery.sent.size() == 1);
            assertThat(started.notReadyBecause()).isEmpty();
        }
        await().until(() -> started.notReadyBecause().isPresent());
        int pushes = delivery.pushed.size();
        delivery.take(Commands.offer("w-2", "w1", Map.of("topic", "away/1"), BYTES));
        assertThat(delivery.pushed).hasSize(pushes);

        try (Broker second = new Broker(own.resolve("second"), ownPort)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> delivery.sent.size() == 2);
            assertThat(delivery.sent.get(1).offer().command().requestId().value())
                    .isEqualTo("w-2");
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void aPublishWithoutAnAnswerGoesBackWhenTheConnectionBreaks() throws Exception {
        try (SilentBroker silent = new SilentBroker()) {
            ConnectorLifecycle started = start(new TestConfig(silent.port(), 100, 100, Duration.ofMillis(50)));
            await().until(() -> started.notReadyBecause().isEmpty());
            delivery.take(Commands.offer("l-1", "l1", Map.of("topic", "devices/l1"), BYTES));
            silent.awaitPublish();
            assertThat(delivery.sent).isEmpty();

            silent.breakConnection();

            await().until(() -> !delivery.notSent.isEmpty());
            assertThat(delivery.notSent.getFirst().why()).contains("was lost before the broker answered");
            // It is offered again on the next connection, and not resent by the client itself.
            silent.awaitPublish();
            assertThat(delivery.pushed).hasSize(2);
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void aBrokerThatClosesWithoutAWordTwiceOnTheSameCommandGetsItNoMore() throws Exception {
        try (SilentBroker silent = new SilentBroker()) {
            ConnectorLifecycle started = start(new TestConfig(silent.port(), 100, 100, Duration.ofMillis(50)));
            await().until(() -> started.notReadyBecause().isEmpty());
            delivery.take(Commands.offer("h-1", "h1", Map.of("topic", "devices/h1"), BYTES));
            for (int i = 0; i < 3; i++) {
                silent.awaitPublish();
                assertThat(delivery.failed).isEmpty();
                silent.breakConnection();
            }
            assertThat(failed().why())
                    .startsWith(
                            "it was published with nothing else in flight 2 times, and each time the connection to ")
                    .endsWith(": Server closed connection without DISCONNECT.");
            assertThat(delivery.notSent).hasSize(2);
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void aSuspectThatTheBrokerNeverAnswersHoldsUpNobodyForEver() throws Exception {
        try (SilentBroker silent = new SilentBroker()) {
            ConnectorLifecycle started = start(new TestConfig(silent.port(), 100, 100, Duration.ofMillis(50)));
            await().until(() -> started.notReadyBecause().isEmpty());
            delivery.take(Commands.offer("mute", "u1", Map.of("topic", "mute"), BYTES));
            delivery.take(Commands.offer("late", "u2", Map.of("topic", "late"), BYTES));
            silent.awaitPublish();
            silent.awaitPublish();
            silent.answers(topic -> !topic.equals("mute"));
            silent.breakConnection();
            await().until(() -> delivery.notSent.size() == 2);
            delivery.take(Commands.offer("new", "u3", Map.of("topic", "new"), BYTES));

            await().atMost(Duration.ofSeconds(30)).until(() -> delivery.sent.stream()
                    .map(sent -> sent.offer().command().requestId().value())
                    .collect(Collectors.toSet())
                    .equals(Set.of("late", "new")));
            assertThat(delivery.notSent).hasSize(2);
            started.stop();
            connector = Optional.empty();
        }
    }

    /** SERVER_BUSY, SERVER_SHUTTING_DOWN, SESSION_TAKEN_OVER, MESSAGE_RATE_TOO_HIGH, ADMINISTRATIVE_ACTION. */
    @ParameterizedTest
    @ValueSource(ints = {0x89, 0x8B, 0x8E, 0x96, 0x98})
    void aBrokerThatClosesForReasonsOfItsOwnBlamesNoCommand(int reasonCode) throws Exception {
        try (SilentBroker silent = new SilentBroker()) {
            ConnectorLifecycle started = start(new TestConfig(silent.port(), 100, 100, Duration.ofMillis(50)));
            await().until(() -> started.notReadyBecause().isEmpty());
            delivery.take(Commands.offer("r-1", "r1", Map.of("topic", "devices/r1"), BYTES));
            delivery.take(Commands.offer("r-2", "r2", Map.of("topic", "devices/r2"), BYTES));
            for (int i = 0; i < 4; i++) {
                silent.awaitPublish();
                silent.awaitPublish(); // both at once: neither is a suspect
                silent.disconnect(reasonCode);
            }
            await().until(() -> delivery.notSent.size() == 8);
            assertThat(delivery.failed).isEmpty();
            assertThat(delivery.notSent).allSatisfy(lost -> assertThat(lost.why())
                    .contains("the broker closed the connection: ")
                    .endsWith(String.format("(0x%02X)", reasonCode)));
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void whatTheBrokerDoesNotOfferIsNotTried() throws Exception {
        try (SilentBroker modest = new SilentBroker()) {
            ConnectorLifecycle started = start(TestConfig.at(modest.port()));
            await().until(() -> started.notReadyBecause().isEmpty());

            delivery.take(Commands.offer("q-1", "q1", Map.of("topic", "t", "qos", 2), BYTES));
            assertThat(failed().why()).isEqualTo("the broker offers QoS 1 at most and the command asks for 2");
            delivery.take(Commands.offer("q-2", "q1", Map.of("topic", "t", "retain", true), BYTES));
            await().until(() -> delivery.failed.size() == 2);
            assertThat(delivery.failed.get(1).why()).isEqualTo("the broker does not offer retained messages");
            started.stop();
            connector = Optional.empty();
        }
    }

    @Test
    void theRouteRefusesMetadataThatMqttCannotFollow() {
        MqttRoute route = new MqttRoute(new MqttConnections(TestConfig.at(port)), new Turns(10));
        assertThat(route.startsAtOnce()).isFalse();
        List<Expectation> later = List.of(Expectation.DELIVERED, Expectation.SUCCEEDED);
        for (Expectation expect : later) {
            assertThat(route.refusal(Commands.command("c", "d", Map.of("topic", "t"), Commands.LIFE, expect))
                            .orElseThrow())
                    .contains("\"" + expect.word() + "\" needs the device's reply");
        }
        assertThat(route.refusal(Commands.command("c", "d", Map.of(), Commands.LIFE, Expectation.SENT)))
                .contains("metadata.topic is required for protocol mqtt");
        assertThat(route.refusal(Commands.command("c", "d", Map.of("topic", "t"), Commands.LIFE, Expectation.SENT)))
                .isEmpty();
    }
}
