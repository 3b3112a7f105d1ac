package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The reservation of one device: its work runs one piece after the other, and the events written but not yet read back
 * are laid over what the store says. Lives only while there is something to remember.
 */
final class DeviceLane {

    final DeviceId device;
    private CompletableFuture<?> tail = CompletableFuture.completedFuture(null);
    private int pending;
    private volatile boolean lookPending;

    /** Only work inside the lane touches what follows. */
    private final Map<RequestId, List<StatusEvent>> unread = new HashMap<>();

    private final Map<RequestId, String> origins = new HashMap<>();

    final Map<RequestId, Instant> retryAt = new HashMap<>();
    final Map<RequestId, Instant> parserMissingSince = new HashMap<>();
    final Set<RequestId> checking = new HashSet<>();

    DeviceLane(DeviceId device) {
        this.device = device;
    }

    /** Caller holds the map entry of this lane. */
    void enter() {
        pending++;
    }

    /** Caller holds the map entry of this lane. True when the lane can be forgotten. */
    boolean leave() {
        pending--;
        return pending == 0
                && unread.isEmpty()
                && retryAt.isEmpty()
                && parserMissingSince.isEmpty()
                && checking.isEmpty();
    }

    /** Caller holds the map entry. False when a look is waiting to run anyway. */
    boolean wantsLook() {
        if (lookPending) {
            return false;
        }
        lookPending = true;
        return true;
    }

    synchronized <T> CompletableFuture<T> run(Supplier<? extends CompletionStage<T>> work, Executor executor) {
        CompletableFuture<T> result =
                tail.handle((ignored, failure) -> true).thenComposeAsync(ignored -> work.get(), executor);
        tail = result;
        return result;
    }

    /** The look that was asked for starts now; what happens from here on asks for another one. */
    void lookStarts() {
        lookPending = false;
    }

    void wrote(StatusEvent event) {
        unread.computeIfAbsent(event.requestId(), id -> new ArrayList<>(4)).add(event);
    }

    /** The event came back on the topic, or did not get there. */
    void forget(StatusEvent event) {
        List<StatusEvent> events = unread.get(event.requestId());
        if (events != null) {
            events.removeIf(e -> e.state() == event.state() && e.attempt() == event.attempt());
            if (events.isEmpty()) {
                unread.remove(event.requestId());
            }
        }
    }

    /** What the store says, with the unread events applied; finished ones left out. */
    List<WaitingCommand> overlay(List<WaitingCommand> stored) {
        Set<RequestId> present =
                stored.stream().map(w -> w.command().requestId()).collect(Collectors.toSet());
        // A command that left the store is finished: nothing about it needs remembering.
        unread.keySet().retainAll(present);
        origins.keySet().retainAll(present);
        stored.forEach(waiting -> origins.put(waiting.command().requestId(), waiting.origin()));
        retryAt.keySet().retainAll(present);
        parserMissingSince.keySet().retainAll(present);
        List<WaitingCommand> result = new ArrayList<>(stored.size());
        for (WaitingCommand waiting : stored) {
            Progress progress = waiting.progress();
            Optional<String> exchange = waiting.exchange();
            for (StatusEvent event : unread.getOrDefault(waiting.command().requestId(), List.of())) {
                progress = progress.apply(event).progress();
                exchange = event.exchange().or(() -> waiting.exchange());
            }
            if (!progress.isFinal()) {
                result.add(waiting.with(progress).answering(exchange));
            }
        }
        return result;
    }

    /** The door the event's command came in by, as of the last look at the store. */
    Optional<String> origin(StatusEvent event) {
        return Optional.ofNullable(origins.get(event.requestId()));
    }

    boolean isHeld(WaitingCommand waiting, Instant now) {
        RequestId id = waiting.command().requestId();
        Instant retry = retryAt.get(id);
        if (retry != null && !now.isBefore(retry)) {
            retryAt.remove(id);
            retry = null;
        }
        return retry != null || parserMissingSince.containsKey(id);
    }
}
