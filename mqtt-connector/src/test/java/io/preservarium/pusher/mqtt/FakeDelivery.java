package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps commands for devices and hands them out in turn, as the real one does, and notes all it is told. */
final class FakeDelivery implements Delivery {

    record Sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {}

    record Failed(HandOut.Offer offer, Optional<Reason> reason, String why) {}

    final List<Sent> sent = new CopyOnWriteArrayList<>();
    final List<Failed> failed = new CopyOnWriteArrayList<>();
    final List<Failed> notSent = new CopyOnWriteArrayList<>();
    final List<Map<String, Object>> pushed = new CopyOnWriteArrayList<>();
    volatile Optional<String> notReady = Optional.empty();
    volatile boolean closed;
    volatile int resumed;
    volatile Optional<CompletableFuture<HandOut>> held = Optional.empty();
    private final Map<DeviceId, Queue<HandOut.Offer>> waiting = new ConcurrentHashMap<>();
    private final Set<DeviceId> refusedARoom = ConcurrentHashMap.newKeySet();
    private volatile Optional<Route> route = Optional.empty();

    void serves(Route now) {
        route = Optional.of(now);
    }

    /** A command comes in. */
    void take(HandOut.Offer offer) {
        DeviceId device = offer.command().deviceId();
        waiting.computeIfAbsent(device, d -> new ConcurrentLinkedQueue<>()).add(offer);
        name(device);
    }

    private void name(DeviceId device) {
        if (!route.orElseThrow().eligible(device)) {
            refusedARoom.add(device);
        }
    }

    @Override
    public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        pushed.add(facts);
        if (held.isPresent()) {
            return held.get();
        }
        HandOut.Offer offer =
                waiting.getOrDefault(device, new ConcurrentLinkedQueue<>()).poll();
        return CompletableFuture.supplyAsync(() -> offer == null ? new HandOut.Nothing() : offer);
    }

    @Override
    public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        sent.add(new Sent(offer, facts, note));
        name(offer.command().deviceId());
    }

    @Override
    public void notSent(HandOut.Offer offer, String why) {
        notSent.add(new Failed(offer, Optional.empty(), why));
        take(offer);
    }

    @Override
    public void refused(HandOut.Offer offer, Reason reason, String why) {
        failed.add(new Failed(offer, Optional.of(reason), why));
        name(offer.command().deviceId());
    }

    @Override
    public void resume() {
        resumed++;
        waiting.forEach((device, offers) -> {
            if (!offers.isEmpty()) {
                name(device);
            }
        });
    }

    @Override
    public CompletionStage<HandOut> answer(
            Uplink uplink, String exchange, Map<String, Object> facts, java.time.Duration within) {
        throw new AssertionError("this connector pushes");
    }

    @Override
    public CompletionStage<Optional<String>> record(Uplink uplink) {
        throw new AssertionError("this version reads no uplinks by MQTT");
    }

    @Override
    public void offerMore() {
        refusedARoom.removeIf(device -> route.orElseThrow().eligible(device));
    }

    @Override
    public Optional<String> notReadyBecause() {
        return notReady;
    }

    @Override
    public void close() {
        closed = true;
    }
}
