package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The book of one partition's unfinished commands and of the ids that are finished. It only remembers what the topics
 * said: commands, cancellations and events; decisions are made elsewhere and come back as events.
 */
final class WaitingCommands {

    static final String STORE = "waiting-commands";

    private static final int DEADLINES_AT_ONCE = 1_000;

    private final KeyValueStore<Bytes, byte[]> store;
    private final DeliveryRules rules;

    WaitingCommands(KeyValueStore<Bytes, byte[]> store, DeliveryRules rules) {
        this.store = store;
        this.rules = rules;
    }

    /** A command's record. False when it is known already, finished or waiting. */
    boolean accept(WaitingCommand arrival, Instant now) {
        DeviceId device = arrival.command().deviceId();
        Bytes idKey = StoreFormat.idKey(device, arrival.command().requestId());
        Optional<KnownId> known = known(idKey);
        WaitingCommand waiting = arrival;
        if (known.isPresent()) {
            switch (known.get()) {
                case KnownId.Waiting ignored -> {
                    return false;
                }
                case KnownId.Finished ignored -> {
                    return false;
                }
                case KnownId.Early early -> {
                    forgetDue(early.until(), idKey);
                    waiting = waiting.with(early.progress());
                    if (early.stop().isPresent()) {
                        waiting = waiting.stoppedBy(early.stop().get());
                    }
                }
            }
        }
        if (waiting.stop().isEmpty()) {
            waiting = collapseAndBound(waiting, now);
        }
        put(waiting, now);
        store.put(idKey, StoreFormat.write(new KnownId.Waiting(waiting.offset())));
        return true;
    }

    /** A newer command replaces waiting ones of its collapse key; then the bound of the device is checked. */
    private WaitingCommand collapseAndBound(WaitingCommand newer, Instant now) {
        int waiting = 0;
        for (WaitingCommand earlier : of(newer.command().deviceId())) {
            if (earlier.stop().isPresent()) {
                continue;
            }
            boolean replaced = newer.command().collapseKey().isPresent()
                    && newer.command().collapseKey().equals(earlier.command().collapseKey())
                    && isNotInFlight(earlier);
            if (replaced) {
                put(
                        earlier.stoppedBy(new WaitingCommand.Stop(
                                CommandState.CANCELLED,
                                Reason.REPLACED,
                                "replaced by " + newer.command().requestId())),
                        now);
            } else {
                waiting++;
            }
        }
        return waiting < rules.waitingPerDevice()
                ? newer
                : newer.stoppedBy(new WaitingCommand.Stop(
                        CommandState.FAILED,
                        Reason.QUEUE_FULL,
                        "the device has " + waiting + " waiting commands, as many as it may"));
    }

    private static boolean isNotInFlight(WaitingCommand waiting) {
        CommandState state = waiting.progress().state();
        return state == CommandState.ACCEPTED || state == CommandState.QUEUED;
    }

    /** A request to cancel; kept when its command has not come yet. */
    void cancel(DeviceId device, RequestId request, WaitingCommand.Stop stop, Instant now) {
        Bytes idKey = StoreFormat.idKey(device, request);
        Optional<KnownId> known = known(idKey);
        if (known.isEmpty()) {
            putEarly(idKey, new KnownId.Early(Progress.accepted(), Optional.of(stop), earlyUntil(now)));
            return;
        }
        switch (known.get()) {
            case KnownId.Waiting waiting ->
                load(device, waiting.offset()).ifPresent(command -> put(command.stoppedBy(stop), now));
            case KnownId.Finished ignored -> {}
            case KnownId.Early early -> {
                forgetDue(early.until(), idKey);
                putEarly(
                        idKey,
                        new KnownId.Early(
                                early.progress(), Optional.of(early.stop().orElse(stop)), early.until()));
            }
        }
    }

    /** A command of another protocol came: what was kept for its id is not needed here. */
    void forgetEarly(DeviceId device, RequestId request) {
        Bytes idKey = StoreFormat.idKey(device, request);
        known(idKey).ifPresent(known -> {
            if (known instanceof KnownId.Early early) {
                forgetDue(early.until(), idKey);
                store.delete(idKey);
            }
        });
    }

    /** An event about a command of this protocol. */
    void observe(StatusEvent event, Instant now) {
        Bytes idKey = StoreFormat.idKey(event.deviceId(), event.requestId());
        Optional<KnownId> known = known(idKey);
        if (known.isEmpty()) {
            observeEarly(idKey, Progress.accepted(), Optional.empty(), event, earlyUntil(now));
            return;
        }
        switch (known.get()) {
            case KnownId.Finished ignored -> {}
            case KnownId.Early early -> {
                forgetDue(early.until(), idKey);
                observeEarly(idKey, early.progress(), early.stop(), event, early.until());
            }
            case KnownId.Waiting at -> {
                Optional<WaitingCommand> waiting = load(event.deviceId(), at.offset());
                if (waiting.isEmpty()) {
                    return;
                }
                Progress.Fold fold = waiting.get().progress().apply(event);
                if (fold.effect() != Progress.Effect.COUNTED) {
                    return;
                }
                if (fold.progress().isFinal()) {
                    remove(waiting.get());
                    finish(idKey, finishedUntil(waiting.get().command().expiresAt(), event.at()));
                } else {
                    put(waiting.get().with(fold.progress()).answering(exchange(event, waiting.get())), now);
                }
            }
        }
    }

    private void observeEarly(
            Bytes idKey, Progress before, Optional<WaitingCommand.Stop> stop, StatusEvent event, Instant until) {
        Progress after = before.apply(event).progress();
        if (after.isFinal()) {
            finish(idKey, until);
        } else {
            putEarly(idKey, new KnownId.Early(after, stop, until));
        }
    }

    private static Optional<String> exchange(StatusEvent event, WaitingCommand waiting) {
        return event.state() == CommandState.SENDING ? event.exchange() : waiting.exchange();
    }

    /** The devices whose commands have something due, and a fresh deadline for each of those commands. */
    List<DeviceId> due(Instant now) {
        List<Bytes> dueKeys = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range = store.range(StoreFormat.firstDue(), StoreFormat.dueAfter(now))) {
            while (range.hasNext() && dueKeys.size() < DEADLINES_AT_ONCE) {
                dueKeys.add(range.next().key);
            }
        }
        List<DeviceId> devices = new ArrayList<>();
        for (Bytes dueKey : dueKeys) {
            store.delete(dueKey);
            Bytes about = StoreFormat.dueAbout(dueKey);
            if (StoreFormat.isWaitingKey(about)) {
                Optional.ofNullable(store.get(about))
                        .map(StoreFormat::readWaiting)
                        .ifPresent(waiting -> {
                            put(waiting, now);
                            devices.add(waiting.command().deviceId());
                        });
            } else {
                store.delete(about);
            }
        }
        return devices;
    }

    private void put(WaitingCommand waiting, Instant now) {
        Bytes key = StoreFormat.waitingKey(waiting.command().deviceId(), waiting.offset());
        forgetDue(waiting.dueAt(), key);
        WaitingCommand next = waiting.dueAt(NextStep.nextLook(waiting, now, rules));
        store.put(key, StoreFormat.write(next));
        store.put(StoreFormat.dueKey(next.dueAt(), key), new byte[0]);
    }

    private void remove(WaitingCommand waiting) {
        Bytes key = StoreFormat.waitingKey(waiting.command().deviceId(), waiting.offset());
        forgetDue(waiting.dueAt(), key);
        store.delete(key);
    }

    private void finish(Bytes idKey, Instant until) {
        store.put(idKey, StoreFormat.write(new KnownId.Finished(until)));
        store.put(StoreFormat.dueKey(until, idKey), new byte[0]);
    }

    private void putEarly(Bytes idKey, KnownId.Early early) {
        store.put(idKey, StoreFormat.write(early));
        store.put(StoreFormat.dueKey(early.until(), idKey), new byte[0]);
    }

    private void forgetDue(Instant when, Bytes about) {
        store.delete(StoreFormat.dueKey(when, about));
    }

    private Instant earlyUntil(Instant now) {
        return now.plus(rules.expiry().atMost()).plus(Duration.ofDays(1));
    }

    private static Instant finishedUntil(Instant expiresAt, Instant finishedAt) {
        Instant late = finishedAt.plus(Progress.LATE_WINDOW);
        return late.isAfter(expiresAt) ? late : expiresAt;
    }

    private Optional<KnownId> known(Bytes idKey) {
        return Optional.ofNullable(store.get(idKey)).map(StoreFormat::readKnown);
    }

    private Optional<WaitingCommand> load(DeviceId device, long offset) {
        return Optional.ofNullable(store.get(StoreFormat.waitingKey(device, offset)))
                .map(StoreFormat::readWaiting);
    }

    private List<WaitingCommand> of(DeviceId device) {
        List<WaitingCommand> waiting = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range =
                store.range(StoreFormat.firstOf(device), StoreFormat.lastOf(device))) {
            while (range.hasNext()) {
                KeyValue<Bytes, byte[]> entry = range.next();
                waiting.add(StoreFormat.readWaiting(entry.value));
            }
        }
        return waiting;
    }
}
