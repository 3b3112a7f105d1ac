package io.preservarium.pusher.connector;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import java.time.Duration;
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

/**
 * Delivery for tests of a connector: it keeps commands for devices and hands them out in turn, as the real one does, or
 * what a test tells it to, and notes all it is told.
 */
public final class FakeDelivery implements Delivery {

    /** An uplink that took its device's turn. */
    public record Asked(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {}

    /** Evidence. */
    public record Sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {}

    /** A command that did not get through; with a reason it never will. */
    public record Failed(HandOut.Offer offer, Optional<Reason> reason, String why) {}

    public final List<Asked> asked = new CopyOnWriteArrayList<>();
    public final List<Map<String, Object>> pushed = new CopyOnWriteArrayList<>();
    public final List<Uplink> recorded = new CopyOnWriteArrayList<>();
    public final List<Sent> sent = new CopyOnWriteArrayList<>();
    public final List<Failed> failed = new CopyOnWriteArrayList<>();
    public final List<Failed> notSent = new CopyOnWriteArrayList<>();

    /** What came after {@link #close}, which is too late. */
    public final List<HandOut.Offer> toldAfterClose = new CopyOnWriteArrayList<>();

    /** Handed out instead of what waits. */
    public volatile Optional<CompletionStage<HandOut>> held = Optional.empty();

    public volatile Optional<String> recordProblem = Optional.empty();
    public volatile Optional<String> notReady = Optional.empty();
    public volatile int mostPushes = Integer.MAX_VALUE;
    public volatile boolean closed;
    public volatile int resumed;
    private final Map<DeviceId, Queue<HandOut.Offer>> waiting = new ConcurrentHashMap<>();
    private final Set<DeviceId> withoutRoom = ConcurrentHashMap.newKeySet();
    private volatile Optional<Route> route = Optional.empty();

    /** Whom to tell that a device's turn has come. */
    public void serves(Route now) {
        route = Optional.of(now);
    }

    /** A command comes in. */
    public void take(HandOut.Offer offer) {
        DeviceId device = offer.command().deviceId();
        waiting.computeIfAbsent(device, d -> new ConcurrentLinkedQueue<>()).add(offer);
        eligible(device);
    }

    /** A command comes in for a device of any id. */
    public void waitsFor(String device, HandOut.Offer offer) {
        waiting.computeIfAbsent(new DeviceId(device), d -> new ConcurrentLinkedQueue<>())
                .add(offer);
    }

    /** Every turn gets this from now on. */
    public void handsOut(HandOut now) {
        held = Optional.of(CompletableFuture.completedFuture(now));
    }

    /** Every turn gets what the test completes this with. */
    public CompletableFuture<HandOut> handOutLater() {
        CompletableFuture<HandOut> later = new CompletableFuture<>();
        held = Optional.of(later);
        return later;
    }

    @Override
    public CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
        CompletionStage<HandOut> answer = handOut(uplink.deviceId());
        asked.add(new Asked(uplink, exchange, facts, within));
        return answer;
    }

    @Override
    public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        pushed.add(facts);
        return handOut(device);
    }

    private CompletionStage<HandOut> handOut(DeviceId device) {
        if (held.isPresent()) {
            return held.get();
        }
        HandOut.Offer offer =
                waiting.getOrDefault(device, new ConcurrentLinkedQueue<>()).poll();
        return CompletableFuture.supplyAsync(() -> offer == null ? new HandOut.Nothing() : offer);
    }

    @Override
    public CompletionStage<Optional<String>> record(Uplink uplink) {
        recorded.add(uplink);
        return CompletableFuture.completedFuture(recordProblem);
    }

    @Override
    public int mostPushes() {
        return mostPushes;
    }

    @Override
    public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        sent.add(new Sent(offer, facts, note));
        told(offer);
    }

    @Override
    public void notSent(HandOut.Offer offer, String why) {
        notSent.add(new Failed(offer, Optional.empty(), why));
        waiting.computeIfAbsent(offer.command().deviceId(), d -> new ConcurrentLinkedQueue<>())
                .add(offer);
        told(offer);
    }

    @Override
    public void refused(HandOut.Offer offer, Reason reason, String why) {
        failed.add(new Failed(offer, Optional.of(reason), why));
        told(offer);
    }

    /** The next command of the device may go. */
    private void told(HandOut.Offer offer) {
        if (closed) {
            toldAfterClose.add(offer);
        }
        eligible(offer.command().deviceId());
    }

    private void eligible(DeviceId device) {
        if (!route.map(now -> now.eligible(device)).orElse(true)) {
            withoutRoom.add(device);
        }
    }

    @Override
    public void resume() {
        resumed++;
        waiting.forEach((device, offers) -> {
            if (!offers.isEmpty()) {
                eligible(device);
            }
        });
    }

    @Override
    public void offerMore() {
        withoutRoom.removeIf(device -> route.orElseThrow().eligible(device));
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
