package io.preservarium.pusher.operator.command.progress;

import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.journal.records.RecordPlace;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this process knows of each unfinished command, by the uid of its resource. Only a memory: all of it can be had
 * again from the resource and the status API, and status records count as read when the resource says what they say.
 */
public final class CommandMemory {

    /** What is known of one command, as it was at one moment; {@code notes} counts the status events it includes. */
    public record Snapshot(
            Knowledge knowledge,
            boolean hasNews,
            boolean cancelAsked,
            Optional<DeviceCommandStatus> lastWritten,
            long notes) {

        static final Snapshot EMPTY = new Snapshot(new Knowledge.Unasked(), false, false, Optional.empty(), 0);
    }

    private record Note(long number, StatusEvent event, RecordPlace place) {}

    private static final class Entry {
        private Knowledge knowledge = new Knowledge.Unasked();
        private boolean cancelAsked;
        private Optional<DeviceCommandStatus> lastWritten = Optional.empty();
        private long notes;
        /** Read, and not yet said by the resource. */
        private final List<Note> open = new ArrayList<>();
        /** Read before there was anything to fold them onto. */
        private final List<StatusEvent> early = new ArrayList<>();
        /** Counted, and not yet reported as Kubernetes Events. */
        private final List<StatusEvent> unreported = new ArrayList<>();
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final HandledOffsets offsets;
    private final Clock clock;

    public CommandMemory(HandledOffsets offsets, Clock clock) {
        this.offsets = offsets;
        this.clock = clock;
    }

    /** How far the status topic is written back. */
    public HandledOffsets offsets() {
        return offsets;
    }

    public synchronized Snapshot snapshot(String uid) {
        Entry entry = entries.get(uid);
        return entry == null
                ? Snapshot.EMPTY
                : new Snapshot(
                        entry.knowledge, !entry.open.isEmpty(), entry.cancelAsked, entry.lastWritten, entry.notes);
    }

    /** A status event that was read from Kafka. */
    public synchronized void add(String uid, StatusEvent event, RecordPlace place) {
        Entry entry = entry(uid);
        entry.open.add(new Note(++entry.notes, event, place));
        fold(entry, event);
    }

    /** What was learnt otherwise; events that came before are folded onto it. */
    public synchronized void learn(String uid, Knowledge knowledge) {
        Entry entry = entry(uid);
        entry.knowledge = knowledge;
        List<StatusEvent> early = List.copyOf(entry.early);
        entry.early.clear();
        early.forEach(event -> fold(entry, event));
    }

    private void fold(Entry entry, StatusEvent event) {
        if (!(entry.knowledge instanceof Knowledge.InKafka known)) {
            entry.early.add(event);
            return;
        }
        Progress.Fold fold = known.progress().apply(event);
        switch (fold.effect()) {
            case COUNTED -> {
                entry.knowledge = new Knowledge.InKafka(known.acceptedAt(), fold.progress(), clock.instant());
                entry.unreported.add(event);
            }
            case DUPLICATE, LATE -> {}
        }
    }

    public synchronized void askedToCancel(String uid) {
        entry(uid).cancelAsked = true;
    }

    public synchronized void wrote(String uid, DeviceCommandStatus status) {
        entry(uid).lastWritten = Optional.of(status);
    }

    /** The events that were not reported yet; once. */
    public synchronized List<StatusEvent> takeUnreported(String uid) {
        Entry entry = entries.get(uid);
        if (entry == null) {
            return List.of();
        }
        List<StatusEvent> unreported = List.copyOf(entry.unreported);
        entry.unreported.clear();
        return unreported;
    }

    /** The resource says all that this snapshot knew. */
    public synchronized void markWritten(String uid, Snapshot snapshot) {
        Entry entry = entries.get(uid);
        if (entry == null) {
            return;
        }
        entry.open.removeIf(note -> {
            boolean included = note.number() <= snapshot.notes();
            if (included) {
                offsets.done(note.place());
            }
            return included;
        });
        if (entry.open.isEmpty() && !(entry.knowledge instanceof Knowledge.InKafka)) {
            entry.early.clear();
        }
    }

    /** The resource is final; what it does not say yet is kept. */
    public synchronized void forgetWritten(String uid) {
        entries.computeIfPresent(uid, (key, entry) -> entry.open.isEmpty() ? null : entry);
    }

    /** The resource is gone. */
    public synchronized void forget(String uid) {
        Optional.ofNullable(entries.remove(uid))
                .ifPresent(entry -> entry.open.forEach(note -> offsets.done(note.place())));
    }

    public synchronized int size() {
        return entries.size();
    }

    private Entry entry(String uid) {
        return entries.computeIfAbsent(uid, key -> new Entry());
    }
}
