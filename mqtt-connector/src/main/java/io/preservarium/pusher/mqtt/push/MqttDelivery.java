package io.preservarium.pusher.mqtt.push;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.connector.OpenWork;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.HandOut.Offer;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import io.preservarium.pusher.mqtt.endpoint.MqttLog;
import io.preservarium.pusher.mqtt.endpoint.MqttMetrics;
import io.preservarium.pusher.mqtt.endpoint.MqttOutcome;
import io.preservarium.pusher.mqtt.endpoint.MqttTarget;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** From a device's turn to the broker: take the command, publish it, say what became of it. Nothing here blocks. */
public final class MqttDelivery {

    /** Who may read a topic is the broker's rule. */
    private static final Map<String, Object> PUSH_FACTS = Map.of("identity", "broker");

    /** As many as can be in flight. MQTT 5 section 3.2.2.3.3. */
    private static final int MOST_SUSPECTS = 65_535;

    private static final int LOSSES_ALONE = 2;

    /** So that a PUBLISH that the broker never answers holds up nobody for ever. */
    private static final Duration OTHERS_WAIT_AT_MOST = Duration.ofSeconds(5);

    private static final long NOBODY = 0;

    private final int inFlightLimit;
    private final Delivery delivery;
    private final MqttConnections connections;
    private final Turns turns;
    private final MqttMetrics metrics;
    private final Clock clock;
    private final Executor serving;
    private final MqttSuspects suspects;
    private final AtomicBoolean isServing = new AtomicBoolean();
    private final OpenWork inFlight = new OpenWork();
    private final AtomicInteger atTheBroker = new AtomicInteger();
    /** Number of the turn that nothing else may be in flight beside. */
    private final AtomicLong alone = new AtomicLong(NOBODY);

    /** Devices with a suspect whose turn has come; only the serving thread touches this and what follows. */
    private final Set<DeviceId> goAlone = new LinkedHashSet<>();

    private boolean othersFirst;
    private boolean draining;
    private long turnsAlone;
    private long patienceEnds;

    /** @param serving one thread, on which turns are given out */
    public MqttDelivery(
            int inFlightLimit,
            Delivery delivery,
            MqttConnections connections,
            Turns turns,
            MqttMetrics metrics,
            Clock clock,
            Executor serving) {
        this.inFlightLimit = inFlightLimit;
        this.delivery = delivery;
        this.connections = connections;
        this.turns = turns;
        this.metrics = metrics;
        this.clock = clock;
        this.serving = serving;
        this.suspects = new MqttSuspects(MOST_SUSPECTS, clock);
    }

    /** Turns given out whose outcome is not known yet. */
    public OpenWork unfinished() {
        return inFlight;
    }

    /**
     * Gives out turns while there are free places in flight and the broker takes more. What is still being formatted or
     * recorded counts for the first only: with a small receive maximum the broker would wait for Kafka otherwise. The
     * client holds back what is more than that when all of it comes at once. Any thread.
     */
    public void serve() {
        if (isServing.compareAndSet(false, true)) {
            serving.execute(this::giveOut);
        }
    }

    private void giveOut() {
        isServing.set(false);
        while (connections.isUp()) {
            if (alone.get() != NOBODY) {
                if (!patienceIsOver()) {
                    return;
                }
                alone.set(NOBODY);
            }
            if (!goAlone.isEmpty() && !othersFirst) {
                if (isDrained()) {
                    giveOutAlone();
                }
                return;
            }
            if (inFlight.count() >= Math.min(inFlightLimit, delivery.mostPushes())
                    || atTheBroker.get() >= connections.receiveMaximum()) {
                othersFirst = false;
                return;
            }
            Optional<DeviceId> device = turns.next();
            if (device.isPresent()) {
                takeTurn(device.get());
            } else if (goAlone.isEmpty()) {
                return;
            } else {
                othersFirst = false;
            }
        }
        goAlone.clear();
        draining = false;
    }

    private void takeTurn(DeviceId device) {
        if (suspects.isSuspect(device)) {
            goAlone.add(device);
        } else {
            handOut(device, NOBODY);
        }
    }

    private boolean isDrained() {
        if (inFlight.count() > 0 && !draining) {
            draining = true;
            startPatience();
        }
        return inFlight.count() == 0 || patienceIsOver();
    }

    /** After it the others have a go, so that many suspects do not stop everybody else. */
    private void giveOutAlone() {
        Iterator<DeviceId> waiting = goAlone.iterator();
        DeviceId device = waiting.next();
        waiting.remove();
        othersFirst = true;
        draining = false;
        startPatience();
        // Beside one that the broker does not answer it is not alone, and the next loss says nothing about it.
        long turn = inFlight.count() == 0 ? ++turnsAlone : NOBODY;
        alone.set(turn);
        handOut(device, turn);
    }

    private void startPatience() {
        patienceEnds = System.nanoTime() + OTHERS_WAIT_AT_MOST.toNanos();
        CompletableFuture.delayedExecutor(OTHERS_WAIT_AT_MOST.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (connections.isUp()) {
                        serve();
                    }
                });
    }

    private boolean patienceIsOver() {
        return System.nanoTime() - patienceEnds >= 0;
    }

    private boolean isAlone(long turn) {
        return turn != NOBODY && alone.get() == turn;
    }

    private void handOut(DeviceId device, long turn) {
        inFlight.begin();
        delivery.push(device, PUSH_FACTS)
                .thenCompose(handOut -> publish(handOut, turn))
                .whenComplete((done, broken) -> {
                    if (broken != null) {
                        MqttLog.LOG.broken(broken, device);
                    }
                    if (turn != NOBODY) {
                        alone.compareAndSet(turn, NOBODY);
                    }
                    inFlight.end();
                    serve();
                });
    }

    private CompletionStage<HandOut> publish(HandOut handOut, long turn) {
        return switch (handOut) {
            case Offer offer -> publish(offer, turn);
            case HandOut.Nothing nothing -> CompletableFuture.completedFuture(nothing);
            case HandOut.NotReady notReady -> CompletableFuture.completedFuture(notReady);
            case HandOut.NotRecorded notRecorded -> CompletableFuture.completedFuture(notRecorded);
            case HandOut.TooLarge tooLarge -> CompletableFuture.completedFuture(tooLarge);
            case HandOut.Again again -> CompletableFuture.completedFuture(again);
        };
    }

    private CompletionStage<HandOut> publish(Offer offer, long turn) {
        return switch (connections.target(offer.command().metadata())) {
            case MqttTarget.Read.Right(MqttTarget target) -> {
                Duration life =
                        Duration.between(clock.instant(), offer.command().expiresAt());
                long start = System.nanoTime();
                CompletionStage<MqttOutcome> published =
                        connections.publish(target, offer.command().requestId(), offer.bytes(), life);
                atTheBroker.incrementAndGet();
                yield published.thenApply(outcome -> {
                    atTheBroker.decrementAndGet();
                    metrics.published(outcome, Duration.ofNanos(System.nanoTime() - start));
                    tell(offer, target, outcome, isAlone(turn));
                    return offer;
                });
            }
            case MqttTarget.Read.Wrong(String why) -> {
                delivery.refused(offer, Reason.INVALID_METADATA, why);
                yield CompletableFuture.completedFuture(offer);
            }
        };
    }

    private void tell(Offer offer, MqttTarget target, MqttOutcome outcome, boolean alone) {
        switch (outcome) {
            case MqttOutcome.Written written -> {
                clear(offer);
                delivery.sent(offer, facts(target, Optional.empty()), Optional.empty());
            }
            case MqttOutcome.Taken(String reasonCode, boolean noSubscribers) -> {
                clear(offer);
                delivery.sent(
                        offer,
                        facts(target, Optional.of(reasonCode)),
                        noSubscribers ? Optional.of("no matching subscribers") : Optional.empty());
            }
            case MqttOutcome.Refused(Reason reason, String why) -> {
                clear(offer);
                delivery.refused(offer, reason, why);
            }
            case MqttOutcome.NotTried(String why) -> delivery.notSent(offer, why);
            case MqttOutcome.Lost(String why, boolean maybeByIt) -> {
                if (maybeByIt) {
                    suspect(offer, why, alone);
                } else {
                    delivery.notSent(offer, why);
                }
            }
        }
    }

    private void suspect(Offer offer, String why, boolean alone) {
        DeviceId device = offer.command().deviceId();
        RequestId command = offer.command().requestId();
        if (!alone) {
            suspects.lostWithOthers(device, command);
            delivery.notSent(offer, why);
        } else if (suspects.lostAlone(device, command) < LOSSES_ALONE) {
            delivery.notSent(offer, why);
        } else {
            suspects.cleared(device, command);
            MqttLog.LOG.hangsUpOn(command, device, why);
            delivery.refused(
                    offer,
                    Reason.DELIVERY_FAILED,
                    "it was published with nothing else in flight " + LOSSES_ALONE + " times, and each time " + why);
        }
    }

    private void clear(Offer offer) {
        suspects.cleared(offer.command().deviceId(), offer.command().requestId());
    }

    private static Map<String, Object> facts(MqttTarget target, Optional<String> reasonCode) {
        Map<String, Object> facts = new LinkedHashMap<>(PUSH_FACTS);
        facts.put("topic", target.topic());
        facts.put("qos", target.qos());
        facts.put("retain", target.retain());
        reasonCode.ifPresent(code -> facts.put("reason_code", code));
        return facts;
    }
}
