package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.connector.OpenWork;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.HandOut.Offer;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** From a device's turn to the broker: take the command, publish it, say what became of it. Nothing here blocks. */
final class MqttDelivery {

    /** Who may read a topic is the broker's rule. */
    private static final Map<String, Object> PUSH_FACTS = Map.of("identity", "broker");

    private final int inFlightLimit;
    private final Delivery delivery;
    private final MqttConnections connections;
    private final Turns turns;
    private final MqttMetrics metrics;
    private final Clock clock;
    private final Executor serving;
    private final AtomicBoolean isServing = new AtomicBoolean();
    private final OpenWork inFlight = new OpenWork();

    /** @param serving one thread, on which turns are given out */
    MqttDelivery(
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
    }

    /** Turns given out whose outcome is not known yet. */
    OpenWork unfinished() {
        return inFlight;
    }

    /** Gives out turns while there are free places in flight. Any thread. */
    void serve() {
        if (isServing.compareAndSet(false, true)) {
            serving.execute(this::giveOut);
        }
    }

    private void giveOut() {
        isServing.set(false);
        while (connections.isUp() && inFlight.count() < Math.min(inFlightLimit, connections.receiveMaximum())) {
            Optional<DeviceId> device = turns.next();
            if (device.isEmpty()) {
                return;
            }
            inFlight.begin();
            delivery.push(device.get(), PUSH_FACTS).thenCompose(this::publish).whenComplete((done, broken) -> {
                if (broken != null) {
                    MqttLog.broken(device.get(), broken);
                }
                inFlight.end();
                serve();
            });
        }
    }

    private CompletionStage<HandOut> publish(HandOut handOut) {
        return switch (handOut) {
            case Offer offer -> publish(offer);
            case HandOut.Nothing nothing -> CompletableFuture.completedFuture(nothing);
            case HandOut.NotReady notReady -> CompletableFuture.completedFuture(notReady);
            case HandOut.NotRecorded notRecorded -> CompletableFuture.completedFuture(notRecorded);
        };
    }

    private CompletionStage<HandOut> publish(Offer offer) {
        return switch (MqttTarget.of(offer.command().metadata())) {
            case MqttTarget.Read.Right(MqttTarget target) -> {
                Duration life =
                        Duration.between(clock.instant(), offer.command().expiresAt());
                long start = System.nanoTime();
                yield connections
                        .publish(target, offer.command().requestId(), offer.bytes(), life)
                        .thenApply(outcome -> {
                            metrics.published(outcome, Duration.ofNanos(System.nanoTime() - start));
                            tell(offer, target, outcome);
                            return offer;
                        });
            }
            case MqttTarget.Read.Wrong(String why) -> {
                delivery.refused(offer, Reason.INVALID_METADATA, why);
                yield CompletableFuture.completedFuture(offer);
            }
        };
    }

    private void tell(Offer offer, MqttTarget target, MqttOutcome outcome) {
        switch (outcome) {
            case MqttOutcome.Written written -> delivery.sent(offer, facts(target, Optional.empty()), Optional.empty());
            case MqttOutcome.Taken(String reasonCode, boolean noSubscribers) ->
                delivery.sent(
                        offer,
                        facts(target, Optional.of(reasonCode)),
                        noSubscribers ? Optional.of("no matching subscribers") : Optional.empty());
            case MqttOutcome.Refused(Reason reason, String why) -> delivery.refused(offer, reason, why);
            case MqttOutcome.Lost(String why) -> delivery.notSent(offer, why);
        }
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
