package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What delivery, and those who run a connector, may rely on, whatever the protocol. */
public abstract class ConnectorContract {

    protected static final Clock CLOCK = Clock.fixed(Commands.NOW, ZoneOffset.UTC);
    private static final byte[] BYTES = {0x30, 0x01, 0x40, 0x05};
    private static final Duration PATIENT = Duration.ofSeconds(20);

    protected final FakeDelivery delivery = new FakeDelivery();
    protected final FakeParser parser = new FakeParser();
    private Optional<ConnectorLifecycle> lifecycle = Optional.empty();

    /** The protocol's own, before anything is open. */
    protected abstract Route route();

    /** Opens the protocol, with everything on the other side that it needs to speak with devices. */
    protected abstract ProtocolConnector open();

    /** The same with another side that loses the next command. */
    protected abstract ProtocolConnector openTowardsALostCommand();

    /** Metadata of a command to this device that the protocol can follow. */
    protected abstract Map<String, Object> metadata(String device);

    /** Metadata that it cannot follow, because of this key. */
    protected abstract Map<String, Object> wrongMetadata(String key);

    /** A key that {@link #wrongMetadata} can make wrong. */
    protected abstract String keyThatCanBeWrong();

    /** The device's turn comes: it sends something, or delivery says that a command of it may go. */
    protected abstract void turn(String device);

    /** Bytes of the next command that comes to this device. */
    protected abstract byte[] received(String device) throws Exception;

    /** Makes happen what loses the command of this device that was handed out. */
    protected abstract void lose(String device) throws Exception;

    private ConnectorLifecycle start(ProtocolConnector connector, Duration drain) {
        ConnectorLifecycle started =
                new ConnectorLifecycle(ConnectorSettings.draining(drain), route(), connector, delivery, parser);
        lifecycle = Optional.of(started);
        delivery.serves(route());
        await().atMost(PATIENT).until(() -> started.notReadyBecause().isEmpty());
        return started;
    }

    private int turnsTaken() {
        return delivery.asked.size() + delivery.pushed.size();
    }

    private HandOut.Offer command(String id, String device, byte[] bytes) {
        return Commands.offer(id, device, metadata(device), bytes);
    }

    @AfterEach
    void stop() {
        lifecycle.ifPresent(ConnectorLifecycle::stop);
    }

    @Test
    void theBytesReachTheDeviceAndTheEvidenceIsToldOnce() throws Exception {
        start(open(), PATIENT);
        HandOut.Offer offer = command("c-1", "a", BYTES);
        delivery.take(offer);
        turn("a");

        assertThat(received("a")).isEqualTo(BYTES);
        await().until(() -> !delivery.sent.isEmpty());
        assertThat(delivery.sent).hasSize(1);
        assertThat(delivery.sent.getFirst().offer()).isSameAs(offer);
        assertThat(delivery.sent.getFirst().facts()).containsKey("identity");
        assertThat(delivery.notSent).isEmpty();
        assertThat(delivery.failed).isEmpty();
    }

    @Test
    void aCommandWhoseBytesAreLostIsGivenBackOnceAndSaysWhy() throws Exception {
        start(openTowardsALostCommand(), Duration.ofMillis(50));
        CompletableFuture<HandOut> later = delivery.handOutLater();
        HandOut.Offer offer = command("c-1", "a", BYTES);
        turn("a");
        await().until(() -> turnsTaken() == 1);
        delivery.handsOut(new HandOut.Nothing());
        loseOnce(later, offer);

        await().atMost(PATIENT).until(() -> !delivery.notSent.isEmpty());
        assertThat(delivery.notSent).hasSize(1);
        assertThat(delivery.notSent.getFirst().offer()).isSameAs(offer);
        assertThat(delivery.notSent.getFirst().why()).isNotBlank();
        assertThat(delivery.sent).isEmpty();
        assertThat(delivery.failed).isEmpty();
    }

    /** For a protocol that loses what comes too late, the loss comes first; for one that loses what is under way, the offer. */
    protected void loseOnce(CompletableFuture<HandOut> handOut, HandOut.Offer offer) throws Exception {
        handOut.complete(offer);
        lose(offer.command().deviceId().value());
    }

    @Test
    void whatTheProtocolCannotFollowIsRefusedWithTheNameOfTheKey() {
        String key = keyThatCanBeWrong();
        assertThat(route().refusal(Commands.command(wrongMetadata(key), Expectation.SENT))
                        .orElseThrow())
                .contains("metadata." + key);
        assertThat(route().refusal(Commands.command(metadata("a"), Expectation.SENT)))
                .isEmpty();
    }

    @Test
    void whatTheProtocolCannotObserveIsRefusedWithWhatCanBe() {
        for (Expectation expect : new Expectation[] {Expectation.DELIVERED, Expectation.SUCCEEDED}) {
            assertThat(route().refusal(Commands.command(metadata("a"), expect)).orElseThrow())
                    .contains("\"" + expect.word() + "\"", "use \"sent\"");
        }
    }

    @Test
    void aTurnWithoutACommandEndsWithoutAWordOfEvidence() {
        ProtocolConnector connector = open();
        start(connector, PATIENT);
        delivery.handsOut(new HandOut.NotReady("restoring"));

        turn("a");

        await().until(() -> turnsTaken() == 1 && connector.openWork().count() == 0);
        assertThat(delivery.sent).isEmpty();
        assertThat(delivery.notSent).isEmpty();
        assertThat(delivery.failed).isEmpty();
    }

    @Test
    void anErrorOfDeliveryEndsTheTurnAndTheNextOneIsServed() throws Exception {
        ProtocolConnector connector = open();
        start(connector, PATIENT);
        delivery.held = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("broken")));

        turn("a");
        await().until(() -> turnsTaken() == 1 && connector.openWork().count() == 0);

        delivery.held = Optional.empty();
        delivery.take(command("c-1", "a", BYTES));
        turn("a");
        assertThat(received("a")).isEqualTo(BYTES);
    }

    @Test
    void oneDevicesTurnHoldsNobodyElseUp() throws Exception {
        start(open(), PATIENT);
        CompletableFuture<HandOut> slow = delivery.handOutLater();
        turn("a");
        await().until(() -> turnsTaken() == 1);

        delivery.held = Optional.empty();
        delivery.take(command("c-1", "b", BYTES));
        turn("b");

        assertThat(received("b")).isEqualTo(BYTES);
        slow.complete(new HandOut.Nothing());
    }

    @Test
    void theCommandsOfADeviceComeInTheirOrder() throws Exception {
        start(open(), PATIENT);
        for (int i = 0; i < 5; i++) {
            delivery.take(command("c-" + i, "a", new byte[] {(byte) i}));
        }
        for (int i = 0; i < 5; i++) {
            turn("a");
            assertThat(received("a")).containsExactly(i);
        }
        await().until(() -> delivery.sent.size() == 5);
    }

    @Test
    void readinessNamesWhatIsWaitedFor() {
        ConnectorLifecycle started = start(open(), PATIENT);
        delivery.notReady = Optional.of("Kafka does not answer");
        assertThat(started.notReadyBecause()).contains("Kafka does not answer");
        parser.ready = false;
        assertThat(started.notReadyBecause()).contains("the parser scripts are being read, some of them from Kafka");
    }

    @Test
    void stoppingFinishesWhatIsOpenAndTakesNothingNew() throws Exception {
        ConnectorLifecycle started = start(open(), PATIENT);
        CompletableFuture<HandOut> later = delivery.handOutLater();
        turn("a");
        await().until(() -> turnsTaken() == 1);

        Thread stopping = Thread.ofPlatform().start(started::stop);
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        assertThat(started.notReadyBecause()).contains("the connector stops");
        turn("b");
        assertThat(delivery.closed).isFalse();
        later.complete(command("c-1", "a", BYTES));

        assertThat(received("a")).isEqualTo(BYTES);
        stopping.join();
        assertThat(delivery.sent).hasSize(1);
        assertThat(delivery.closed).isTrue();
        assertThat(delivery.toldAfterClose).isEmpty();
        assertThat(turnsTaken()).isEqualTo(1);
    }

    @Test
    void stoppingWaitsNoLongerThanTheDrain() {
        ProtocolConnector connector = open();
        ConnectorLifecycle started = start(connector, Duration.ofMillis(50));
        delivery.handOutLater();
        turn("a");
        await().until(() -> turnsTaken() == 1);

        started.stop();

        assertThat(connector.openWork().count()).isEqualTo(1);
        assertThat(delivery.closed).isTrue();
    }
}
