package io.preservarium.pusher.operator;

import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.StatusEvent;
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
final class Ledger {

    /** One page, as it was at one moment; {@code notes} counts the status events it includes. */
    record Page(
            Knowledge knowledge,
            boolean hasNews,
            boolean cancelAsked,
            Optional<DeviceCommandStatus> lastWritten,
            long notes) {

        static final Page EMPTY = new Page(new Knowledge.Unasked(), false, false, Optional.empty(), 0);
    }

    private record Note(long number, StatusEvent event, ReadOffsets.Position position) {}

    private static final class Entry {
        private Knowledge knowledge = new Knowledge.Unasked();
        private boolean cancelAsked;
        private Optional<DeviceCommandStatus> lastWritten = Optional.empty();
        private long notes;
        /** Read and not settled. */
        private final List<Note> open = new ArrayList<>();
        /** Read before there was anything to fold them onto. */
        private final List<StatusEvent> early = new ArrayList<>();
        /** Counted and not yet told as Events. */
        private final List<StatusEvent> untold = new ArrayList<>();
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final ReadOffsets offsets;
    private final Clock clock;

    Ledger(ReadOffsets offsets, Clock clock) {
        this.offsets = offsets;
        this.clock = clock;
    }

    synchronized Page look(String uid) {
        Entry entry = entries.get(uid);
        return entry == null
                ? Page.EMPTY
                : new Page(entry.knowledge, !entry.open.isEmpty(), entry.cancelAsked, entry.lastWritten, entry.notes);
    }

    /** A status event that was read from Kafka. */
    synchronized void note(String uid, StatusEvent event, ReadOffsets.Position position) {
        Entry entry = entry(uid);
        entry.open.add(new Note(++entry.notes, event, position));
        fold(entry, event);
    }

    /** What was learnt otherwise; events that came before are folded onto it. */
    synchronized void learn(String uid, Knowledge knowledge) {
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
                entry.untold.add(event);
            }
            case DUPLICATE, LATE -> {}
        }
    }

    synchronized void askedToCancel(String uid) {
        entry(uid).cancelAsked = true;
    }

    synchronized void wrote(String uid, DeviceCommandStatus status) {
        entry(uid).lastWritten = Optional.of(status);
    }

    /** The events nobody was told of yet; once. */
    synchronized List<StatusEvent> takeUntold(String uid) {
        Entry entry = entries.get(uid);
        if (entry == null) {
            return List.of();
        }
        List<StatusEvent> untold = List.copyOf(entry.untold);
        entry.untold.clear();
        return untold;
    }

    /** The resource says all that this page knew. */
    synchronized void settle(String uid, Page page) {
        Entry entry = entries.get(uid);
        if (entry == null) {
            return;
        }
        entry.open.removeIf(note -> {
            boolean included = note.number() <= page.notes();
            if (included) {
                offsets.done(note.position());
            }
            return included;
        });
        if (entry.open.isEmpty() && !(entry.knowledge instanceof Knowledge.InKafka)) {
            entry.early.clear();
        }
    }

    /** The resource is final; what is not settled yet is kept. */
    synchronized void forgetSettled(String uid) {
        entries.computeIfPresent(uid, (key, entry) -> entry.open.isEmpty() ? null : entry);
    }

    /** The resource is gone. */
    synchronized void forget(String uid) {
        Optional.ofNullable(entries.remove(uid))
                .ifPresent(entry -> entry.open.forEach(note -> offsets.done(note.position())));
    }

    synchronized int size() {
        return entries.size();
    }

    private Entry entry(String uid) {
        return entries.computeIfAbsent(uid, key -> new Entry());
    }
}
