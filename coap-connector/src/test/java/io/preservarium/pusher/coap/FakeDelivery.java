package io.preservarium.pusher.coap;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands out what a test tells it to, and notes all it is told. */
final class FakeDelivery implements Delivery {

    record Asked(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {}

    record Sent(HandOut.Offer offer, Map<String, Object> facts) {}

    record NotSent(HandOut.Offer offer, String why) {}

    private final Map<DeviceId, HandOut> waiting = new ConcurrentHashMap<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<Uplink> recorded = new CopyOnWriteArrayList<>();
    final List<Sent> sent = new CopyOnWriteArrayList<>();
    final List<NotSent> notSent = new CopyOnWriteArrayList<>();
    volatile CompletionStage<HandOut> handOut = CompletableFuture.completedFuture(new HandOut.Nothing());
    volatile Optional<String> recordProblem = Optional.empty();
    volatile Optional<String> notReady = Optional.empty();
    volatile boolean closed;

    CompletableFuture<HandOut> handOutLater() {
        CompletableFuture<HandOut> later = new CompletableFuture<>();
        handOut = later;
        return later;
    }

    void handsOut(HandOut now) {
        handOut = CompletableFuture.completedFuture(now);
    }

    /** Once, to this device only. */
    void waitsFor(String device, HandOut.Offer offer) {
        waiting.put(new DeviceId(device), offer);
    }

    @Override
    public CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
        CompletionStage<HandOut> answer = waiting.containsKey(uplink.deviceId())
                ? CompletableFuture.completedFuture(waiting.remove(uplink.deviceId()))
                : handOut;
        asked.add(new Asked(uplink, exchange, facts, within));
        return answer;
    }

    @Override
    public CompletionStage<Optional<String>> record(Uplink uplink) {
        recorded.add(uplink);
        return CompletableFuture.completedFuture(recordProblem);
    }

    @Override
    public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        throw new AssertionError("this connector answers uplinks");
    }

    @Override
    public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        sent.add(new Sent(offer, facts));
    }

    @Override
    public void notSent(HandOut.Offer offer, String why) {
        notSent.add(new NotSent(offer, why));
    }

    @Override
    public void refused(HandOut.Offer offer, Reason reason, String why) {
        throw new AssertionError("nobody refuses an answer: " + why);
    }

    @Override
    public void resume() {
        throw new AssertionError("this connector answers uplinks");
    }

    @Override
    public void offerMore() {}

    @Override
    public Optional<String> notReadyBecause() {
        return notReady;
    }

    @Override
    public void close() {
        closed = true;
    }
}
