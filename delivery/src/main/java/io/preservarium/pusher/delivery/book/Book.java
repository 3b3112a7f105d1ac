package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.journal.store.DeadlineStore;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import io.preservarium.pusher.journal.store.WriteBehindStore.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;

/**
 * The book of one partition's unfinished commands and of the ids that are finished. It only remembers what the topics
 * said: commands, cancellations and events; decisions are made elsewhere and come back as events. No step costs more
 * because more commands wait or are finished.
 */
final class Book {

    static final String STORE = "book";

    /** How soon something that should have been decided is told again. */
    private static final Duration RECHECK = Duration.ofSeconds(2);
    /** How soon a command that was to leave at once is formatted beforehand, should it not have left. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private static final int REMEMBERED_COUNTS = 10_000;
    private static final Duration RECHECK_DECISION = Duration.ofSeconds(10);
    /** By how much the offset that bodies stay below is moved on at once. */
    private static final int NOTED_AHEAD = 10_000;

    private final WriteBehindStore store;
    private final BookReader reader;
    private final DeadlineStore deadlines;
    private final int partition;
    private final DeliveryRules rules;
    private final BookListener listener;
    private final Set<DeviceId> recounted = new HashSet<>();
    private final List<Runnable> toTell = new ArrayList<>();
    /** Of this offset and later ones nobody had written out a body when this book was opened. */
    private final long newFrom;

    private long bodiesBefore;
    private Optional<Bytes> sweptIds = Optional.empty();
    private Optional<Bytes> sweptAnswers = Optional.empty();

    /** A command and the family it stands in. */
    private record Stored(Waiting waiting, boolean isHeld) {
        Bytes key() {
            return key(isHeld);
        }

        Bytes otherKey() {
            return key(!isHeld);
        }

        private Bytes key(boolean held) {
            return BookKeys.command(held ? BookKeys.HELD : BookKeys.ELIGIBLE, waiting.device(), waiting.offset());
        }

        boolean isDueAt(Instant when) {
            return waiting.dueAt().toEpochMilli() == when.toEpochMilli();
        }
    }

    Book(WriteBehindStore store, int partition, DeliveryRules rules, BookListener listener) {
        this.store = store;
        this.reader = new BookReader(store);
        this.deadlines = new DeadlineStore(store, new byte[] {BookKeys.DUE});
        this.partition = partition;
        this.rules = rules;
        this.listener = listener;
        store.takenOver();
        Optional<Long> noted = reader.bodiesBefore();
        this.bodiesBefore = noted.orElse(0L);
        this.newFrom = noted.orElseGet(() -> hasBodies() ? Long.MAX_VALUE : 0L);
    }

    private boolean hasBodies() {
        return !reader.keys(BookKeys.first(BookKeys.BODY), BookKeys.after(BookKeys.BODY), 1)
                .isEmpty();
    }

    // --- commands ---------------------------------------------------------------------------------------------------

    /**
     * A command's record; one that is known already changes nothing.
     *
     * @param startsAtOnce whether an eligible command can leave now, so that it need not be formatted beforehand
     */
    void accept(Waiting.Facts facts, Body body, Instant now, boolean startsAtOnce) {
        Bytes idKey = BookKeys.id(facts.device(), facts.requestId());
        Waiting arrival = Waiting.accepted(facts);
        Optional<KnownId> known = reader.known(idKey);
        Optional<DeviceEntry> counted = reader.device(facts.device());
        if (known.isPresent()) {
            switch (known.get()) {
                case KnownId.Unfinished unfinished -> {
                    Optional<Stored> stored = find(facts.device(), facts.offset());
                    if (unfinished.offset() != facts.offset() || isCounted(counted, facts.offset())) {
                        return;
                    }
                    if (stored.isPresent()) {
                        takeInTheRest(stored.get().waiting(), counted);
                        return;
                    }
                }
                case KnownId.Finished ignored -> {
                    store.deleteIfThere(BookKeys.command(BookKeys.BODY, facts.device(), facts.offset()), true);
                    return;
                }
                case KnownId.Early early -> {
                    arrival = arrival.with(early.progress()).missingParserSince(early.parserMissingSince());
                    if (early.stop().isPresent()) {
                        arrival = arrival.stoppedBy(early.stop().get());
                    }
                }
            }
        }
        DeviceEntry entry = counted.orElseGet(() -> DeviceEntry.startingAt(facts.offset()));
        if (arrival.stop().isEmpty()) {
            entry = collapse(arrival, entry, now);
            if (entry.waiting() >= rules.waitingPerDevice()) {
                entry = recounted(facts.device(), entry);
            }
            if (entry.waiting() >= rules.waitingPerDevice()) {
                arrival = arrival.stoppedBy(new Waiting.Stop(
                        CommandState.FAILED,
                        Reason.QUEUE_FULL,
                        "the device has " + entry.waiting() + " waiting commands, as many as it may"));
                toTell.add(() -> listener.queueIsFull(partition));
            }
        }
        boolean isNew = arrival.progress().state() == CommandState.ACCEPTED
                && arrival.stop().isEmpty();
        boolean goesAtOnce = isNew && startsAtOnce && facts.isDue(now);
        Bytes bodyKey = BookKeys.command(BookKeys.BODY, facts.device(), facts.offset());
        // After a crash while rows were written out it may be there in part, and then its body is.
        Rows rows = new Rows(known.isPresent() || facts.offset() < newFrom && store.isBelow(bodyKey));
        noteBody(facts.offset());
        rows.put(bodyKey, arrival.stop().isEmpty() ? body : body.unread(), BookValues.BODY);
        put(Optional.empty(), arrival, goesAtOnce ? now.plus(AT_ONCE) : dueAt(arrival, now), now, rows);
        rows.put(idKey, new KnownId.Unfinished(facts.offset()), BookValues.ID);
        // After what they point to: others read this store meanwhile.
        if (isNew && !goesAtOnce) {
            rows.put(BookKeys.unchecked(facts.device(), facts.offset()), true, BookValues.MARK);
            toTell.add(() -> listener.unchecked(partition));
        }
        count(arrival, entry, counted.isPresent());
        if (arrival.stop().isPresent()) {
            toDecide(arrival);
        } else if (facts.isDue(now)) {
            toTell.add(() -> listener.mayGo(facts.device(), true));
        }
        tell();
    }

    /** Who reads a record again after a crash asks below for what was written out of it; of new ones there is nothing. */
    private void noteBody(long offset) {
        if (offset >= bodiesBefore) {
            bodiesBefore = offset + NOTED_AHEAD;
            store.put(BookKeys.first(BookKeys.BODIES_BEFORE), bodiesBefore, BookValues.OFFSET);
        }
    }

    private void count(Waiting arrival, DeviceEntry entry, boolean mayBeBelow) {
        new Rows(mayBeBelow)
                .put(
                        BookKeys.device(arrival.device()),
                        entry.added(arrival.offset(), arrival.stop().isPresent())
                                .flying(arrival.offset(), arrival.isInFlight()),
                        BookValues.DEVICE);
    }

    /** False for a command whose rows were being written out when the process died: its record is still to be read again. */
    private static boolean isCounted(Optional<DeviceEntry> entry, long offset) {
        return entry.filter(present -> present.newest() >= offset).isPresent();
    }

    /** Its row was written out before a crash, what comes after it was perhaps not. */
    private void takeInTheRest(Waiting waiting, Optional<DeviceEntry> entry) {
        DeviceId device = waiting.device();
        waiting.facts()
                .collapseKey()
                .filter(key -> reader.newestOf(device, key)
                        .filter(newest -> newest >= waiting.offset())
                        .isEmpty())
                .ifPresent(key -> store.put(BookKeys.collapse(device, key), waiting.offset(), BookValues.OFFSET));
        if (waiting.progress().state() == CommandState.ACCEPTED
                && waiting.stop().isEmpty()) {
            store.put(BookKeys.unchecked(device, waiting.offset()), true, BookValues.MARK);
            toTell.add(() -> listener.unchecked(partition));
        }
        count(waiting, entry.orElseGet(() -> DeviceEntry.startingAt(waiting.offset())), true);
        if (waiting.stop().isPresent() && !waiting.isInFlight()) {
            toDecide(waiting);
        } else {
            toTell.add(() -> listener.mayGo(device, false));
        }
        tell();
    }

    /** A newer command replaces the waiting one of its collapse key. */
    private DeviceEntry collapse(Waiting newer, DeviceEntry entry, Instant now) {
        Optional<String> key = newer.facts().collapseKey();
        if (key.isEmpty()) {
            return entry;
        }
        DeviceEntry after = entry;
        Optional<Stored> earlier = reader.newestOf(newer.device(), key.get())
                // After a crash it may be this very command.
                .filter(offset -> offset < newer.offset())
                .flatMap(offset -> find(newer.device(), offset));
        if (earlier.isPresent()
                && earlier.get().waiting().stop().isEmpty()
                && !earlier.get().waiting().isInFlight()) {
            replace(earlier.get(), newer.requestId(), now);
            after = entry.stopped(earlier.get().waiting().offset());
        }
        store.put(BookKeys.collapse(newer.device(), key.get()), newer.offset(), BookValues.OFFSET);
        return after;
    }

    private void replace(Stored earlier, RequestId newer, Instant now) {
        Waiting replaced = earlier.waiting()
                .stoppedBy(new Waiting.Stop(CommandState.CANCELLED, Reason.REPLACED, "replaced by " + newer));
        put(earlier, replaced, dueAt(replaced, now), now);
        toDecide(replaced);
    }

    /** A command of another protocol came: what was kept for its id is not needed here. */
    void forgetEarly(DeviceId device, RequestId request) {
        Bytes idKey = BookKeys.id(device, request);
        if (reader.known(idKey).filter(KnownId.Early.class::isInstance).isPresent()) {
            store.delete(idKey);
        }
    }

    // --- cancellations ----------------------------------------------------------------------------------------------

    /** A request to cancel; kept when its command has not come yet. */
    void cancel(DeviceId device, RequestId request, Waiting.Stop stop, Instant now) {
        Bytes idKey = BookKeys.id(device, request);
        KnownId known = reader.known(idKey)
                .orElseGet(() -> KnownId.Early.of(Progress.accepted(), Optional.empty(), earlyUntil(now)));
        switch (known) {
            case KnownId.Unfinished unfinished -> {
                Optional<Stored> stored = find(device, unfinished.offset());
                if (stored.isEmpty() && !isCounted(reader.device(device), unfinished.offset())) {
                    store.put(
                            idKey,
                            KnownId.Early.of(Progress.accepted(), Optional.of(stop), earlyUntil(now)),
                            BookValues.ID);
                }
                stored.filter(present -> present.waiting().stop().isEmpty())
                        .ifPresent(present -> stop(present, stop, now));
            }
            case KnownId.Finished ignored -> {}
            case KnownId.Early early ->
                store.put(
                        idKey,
                        new KnownId.Early(
                                early.progress(),
                                Optional.of(early.stop().orElse(stop)),
                                early.parserMissingSince(),
                                early.until()),
                        BookValues.ID);
        }
        tell();
    }

    private void stop(Stored stored, Waiting.Stop stop, Instant now) {
        Waiting stopped = stored.waiting().stoppedBy(stop);
        put(stored, stopped, dueAt(stopped, now), now);
        changeEntry(stopped.device(), entry -> entry.stopped(stopped.offset()));
        toDecide(stopped);
    }

    // --- events -----------------------------------------------------------------------------------------------------

    /**
     * An event about a command of this protocol.
     *
     * @param answer what a {@code sending} event gave to an exchange
     */
    void observe(StatusEvent event, Optional<KeptAnswer> answer, Instant now) {
        answer.filter(kept -> now.isBefore(kept.until()))
                .ifPresent(kept -> store.put(BookKeys.answer(event.deviceId()), kept, BookValues.ANSWER));
        Bytes idKey = BookKeys.id(event.deviceId(), event.requestId());
        KnownId known = reader.known(idKey)
                .orElseGet(() -> KnownId.Early.of(Progress.accepted(), Optional.empty(), earlyUntil(now)));
        switch (known) {
            case KnownId.Finished ignored -> {}
            case KnownId.Early early -> {
                Progress after = early.progress().apply(event).progress();
                store.put(
                        idKey,
                        after.isFinal()
                                ? new KnownId.Finished(early.until())
                                : new KnownId.Early(
                                        after,
                                        early.stop(),
                                        parserMissingSince(early.parserMissingSince(), event),
                                        early.until()),
                        BookValues.ID);
            }
            case KnownId.Unfinished unfinished -> {
                Optional<Stored> stored = find(event.deviceId(), unfinished.offset());
                if (stored.isPresent()) {
                    apply(stored.get(), event, idKey, now);
                } else if (event.isFinal()) {
                    // A crash between the steps of its removal; the event is read again.
                    store.put(idKey, new KnownId.Finished(earlyUntil(now)), BookValues.ID);
                } else if (!isCounted(reader.device(event.deviceId()), unfinished.offset())) {
                    Progress after = Progress.accepted().apply(event).progress();
                    store.put(
                            idKey,
                            new KnownId.Early(
                                    after,
                                    Optional.empty(),
                                    parserMissingSince(Optional.empty(), event),
                                    earlyUntil(now)),
                            BookValues.ID);
                }
            }
        }
        toTell.add(() -> listener.readBack(event));
        tell();
    }

    private void apply(Stored stored, StatusEvent event, Bytes idKey, Instant now) {
        Waiting before = stored.waiting();
        Progress.Fold fold = before.progress().apply(event);
        if (fold.effect() != Progress.Effect.COUNTED) {
            return;
        }
        if (before.progress().state() == CommandState.ACCEPTED) {
            rowsOf(stored).deleteIfThere(BookKeys.unchecked(before.device(), before.offset()));
        }
        if (fold.progress().isFinal()) {
            remove(stored);
            store.put(
                    idKey, new KnownId.Finished(finishedUntil(before.facts().expiresAt(), event.at())), BookValues.ID);
            return;
        }
        Waiting after =
                before.with(fold.progress()).missingParserSince(parserMissingSince(before.parserMissingSince(), event));
        if (event.state() == CommandState.SENDING) {
            after = after.answering(event.exchange());
        }
        Optional<RequestId> newer = newerOfItsKey(after);
        if (newer.isPresent()) {
            after = after.stoppedBy(
                    new Waiting.Stop(CommandState.CANCELLED, Reason.REPLACED, "replaced by " + newer.get()));
        }
        put(stored, after, dueAt(after, now), now);
        Waiting changed = after;
        changeEntry(before.device(), entry -> {
            DeviceEntry next = entry.flying(before.offset(), changed.isInFlight());
            return changed.stop().isPresent() && before.stop().isEmpty()
                    ? next.stopped(before.offset())
                    : next.mayGoFrom(before.offset());
        });
        if (changed.stop().isPresent() && !changed.isInFlight()) {
            toDecide(changed);
        }
    }

    /** The wait for a script counts from its first event, whoever reads it and when. */
    private static Optional<Instant> parserMissingSince(Optional<Instant> before, StatusEvent event) {
        if (event.state() == CommandState.SENDING) {
            return Optional.empty();
        }
        boolean waits = event.state() == CommandState.QUEUED
                && event.reason().filter(Reason.WAITING_FOR_PARSER::equals).isPresent();
        return waits ? before.or(() -> Optional.of(event.at())) : before;
    }

    /** While a command was in flight a newer one of its collapse key may have come; back in the queue it is replaced. */
    private Optional<RequestId> newerOfItsKey(Waiting waiting) {
        if (waiting.isInFlight() || waiting.stop().isPresent()) {
            return Optional.empty();
        }
        return waiting.facts()
                .collapseKey()
                .flatMap(key -> reader.newestOf(waiting.device(), key))
                .filter(newest -> newest > waiting.offset())
                .flatMap(newest -> find(waiting.device(), newest))
                .map(newest -> newest.waiting().requestId());
    }

    // --- the clock --------------------------------------------------------------------------------------------------

    /** Looks at what is due, at most {@code limit} deadlines at once, and says how many there were. */
    int due(Instant now, int limit) {
        List<DeadlineStore.Due> fallen = deadlines.due(now, limit);
        for (DeadlineStore.Due due : fallen) {
            Place place = BookKeys.placeOf(due.key());
            Optional<Stored> stored = find(place.device(), place.offset());
            if (stored.filter(found -> found.isDueAt(due.at())).isPresent()) {
                fellDue(stored.get(), now);
            } else {
                deadlines.clear(due.at(), due.key());
            }
        }
        tell();
        return fallen.size();
    }

    private void fellDue(Stored stored, Instant now) {
        Waiting waiting = stored.waiting();
        boolean waits = waiting.stop().isEmpty() && !waiting.facts().isExpired(now) && !waiting.isInFlight();
        if (waits && stored.isHeld() && waiting.parserMissingSince().isEmpty()) {
            // Its not_before has passed.
            put(stored, waiting, waiting.facts().expiresAt(), now);
            changeEntry(waiting.device(), entry -> entry.mayGoFrom(waiting.offset()));
            toTell.add(() -> listener.mayGo(waiting.device(), false));
        } else if (waits && waiting.progress().state() == CommandState.ACCEPTED && !stored.isHeld()) {
            // It was to start at once and did not.
            rowsOf(stored).put(BookKeys.unchecked(waiting.device(), waiting.offset()), true, BookValues.MARK);
            put(stored, waiting, waiting.facts().expiresAt(), now);
            toTell.add(() -> listener.unchecked(partition));
            toTell.add(() -> listener.mayGo(waiting.device(), false));
        } else if (waits && waiting.parserMissingSince().isPresent()) {
            // The decision formats it once more: the script may be there, be quarantined still, or be missing for good.
            mayGoAgain(stored, now);
        } else {
            put(stored, waiting, now.plus(RECHECK_DECISION), now);
            toDecide(waiting);
        }
    }

    /** A script came, or its quarantine ended: what waits for it may go; at most {@code limit} commands at once. */
    void parserAvailable(ParserRef ref, Instant now, int limit) {
        for (Bytes key : reader.keys(BookKeys.firstOfParser(ref), BookKeys.afterParser(ref), limit)) {
            Place place = BookKeys.placeOfParser(ref, key);
            Optional<Stored> stored = find(place.device(), place.offset())
                    .filter(s -> s.isHeld() && s.waiting().parserMissingSince().isPresent());
            if (stored.isEmpty()) {
                store.delete(key);
            } else if (stored.get().waiting().stop().isEmpty()) {
                mayGoAgain(stored.get(), now);
            } else {
                store.delete(key);
            }
        }
        tell();
    }

    /** Since when the script was missing stays known. */
    private void mayGoAgain(Stored stored, Instant now) {
        Waiting waiting = stored.waiting();
        if (waiting.facts().isDue(now)) {
            Instant expires = waiting.facts().expiresAt();
            Instant recheck = now.plus(RECHECK_DECISION);
            Waiting again = waiting.dueAt(recheck.isBefore(expires) ? recheck : expires);
            put(Optional.of(stored), new Stored(again, false), rowsOf(stored));
            changeEntry(waiting.device(), entry -> entry.mayGoFrom(waiting.offset()));
            toTell.add(() -> listener.mayGo(waiting.device(), false));
            toDecide(again);
        } else {
            Waiting later = waiting.missingParserSince(Optional.empty());
            put(stored, later, dueAt(later, now), now);
        }
    }

    /** Forgets ids and answers whose time is over, looking at a few on each call in turn; says how many it forgot. */
    int sweep(Instant now, int limit) {
        List<Entry<KnownId>> ids = window(BookKeys.ID, BookValues.ID, sweptIds, limit);
        sweptIds = last(ids, limit);
        int forgotten = forget(ids, known -> known.forgottenAt()
                .filter(until -> !now.isBefore(until))
                .isPresent());
        List<Entry<KeptAnswer>> answers = window(BookKeys.ANSWER, BookValues.ANSWER, sweptAnswers, limit);
        sweptAnswers = last(answers, limit);
        return forgotten + forget(answers, answer -> !now.isBefore(answer.until()));
    }

    private <T> List<Entry<T>> window(byte family, Codec<T> codec, Optional<Bytes> after, int limit) {
        return reader.entries(
                after.map(BookKeys::next).orElse(BookKeys.first(family)), BookKeys.after(family), limit, codec);
    }

    private static <T> Optional<Bytes> last(List<Entry<T>> window, int limit) {
        return window.size() < limit
                ? Optional.empty()
                : Optional.of(window.getLast().key());
    }

    private <T> int forget(List<Entry<T>> window, Predicate<T> isOver) {
        int forgotten = 0;
        for (Entry<T> entry : window) {
            if (isOver.test(entry.row())) {
                store.delete(entry.key());
                forgotten++;
            }
        }
        return forgotten;
    }

    // --- rows -------------------------------------------------------------------------------------------------------

    private Instant dueAt(Waiting waiting, Instant now) {
        Instant expires = waiting.facts().expiresAt();
        if (waiting.stop().isPresent() && !waiting.isInFlight()
                || waiting.facts().isExpired(now)) {
            return now.plus(RECHECK);
        }
        if (waiting.isInFlight()) {
            return expires;
        }
        if (waiting.parserMissingSince().isPresent()) {
            Instant given = waiting.parserMissingSince().get().plus(rules.parserWait());
            return given.isBefore(expires) ? given : expires;
        }
        return waiting.facts().notBefore().filter(now::isBefore).orElse(expires);
    }

    private static boolean isHeld(Waiting waiting, Instant now) {
        return !waiting.isInFlight()
                && (waiting.stop().isPresent()
                        || waiting.parserMissingSince().isPresent()
                        || !waiting.facts().isDue(now));
    }

    /** Writes rows of one command; those of one that was never written out leave no trace once deleted. */
    private final class Rows {
        private final boolean mayBeBelow;

        Rows(boolean mayBeBelow) {
            this.mayBeBelow = mayBeBelow;
        }

        <T> void put(Bytes key, T row, Codec<T> codec) {
            if (mayBeBelow) {
                store.put(key, row, codec);
            } else {
                store.putNew(key, row, codec);
            }
        }

        void deleteIfThere(Bytes key) {
            store.deleteIfThere(key, mayBeBelow);
        }
    }

    private Rows rowsOf(Stored stored) {
        return new Rows(store.mayBeBelow(stored.key()));
    }

    private void put(Stored before, Waiting waiting, Instant dueAt, Instant now) {
        put(Optional.of(before), waiting, dueAt, now, rowsOf(before));
    }

    private void put(Optional<Stored> before, Waiting waiting, Instant dueAt, Instant now, Rows rows) {
        put(before, new Stored(waiting.dueAt(dueAt), isHeld(waiting, now)), rows);
    }

    /** A crash between the steps leaves the command in the book with a deadline that is found. */
    private void put(Optional<Stored> before, Stored after, Rows rows) {
        Waiting waiting = after.waiting();
        boolean isNewDue = before.filter(old -> old.isDueAt(waiting.dueAt())).isEmpty();
        Bytes place = BookKeys.place(waiting.device(), waiting.offset());
        if (isNewDue) {
            deadlines.set(waiting.dueAt(), place, !rows.mayBeBelow);
        }
        rows.put(after.key(), waiting, BookValues.waiting(waiting.device()));
        if (before.isPresent()) {
            if (isNewDue) {
                deadlines.clear(before.get().waiting().dueAt(), place);
            }
            if (before.get().isHeld() != after.isHeld()) {
                store.delete(before.get().key());
            }
        }
        boolean waited = before.filter(Book::waitsForParser).isPresent();
        boolean waits = waitsForParser(after);
        if (waited != waits) {
            ParserRef ref = waiting.facts().parser().orElseThrow();
            Bytes parserKey = BookKeys.parser(ref, waiting.device(), waiting.offset());
            if (waits) {
                rows.put(parserKey, true, BookValues.MARK);
            } else {
                store.delete(parserKey);
            }
        }
    }

    /** A crash may have left a count too high; before it matters it is counted once, which costs no more than the bound. */
    private DeviceEntry recounted(DeviceId device, DeviceEntry entry) {
        if (!recounted.add(device)) {
            return entry;
        }
        if (recounted.size() > REMEMBERED_COUNTS) {
            recounted.clear();
        }
        int limit = rules.waitingPerDevice() + 1;
        int found = 0;
        for (byte family : new byte[] {BookKeys.ELIGIBLE, BookKeys.HELD}) {
            for (Entry<Waiting> row : reader.entries(
                    BookKeys.command(family, device, 0),
                    BookKeys.command(family, device, Long.MAX_VALUE),
                    limit,
                    BookValues.waiting(device))) {
                found += row.row().stop().isEmpty() ? 1 : 0;
            }
        }
        return entry.counted(Math.min(found, entry.waiting()));
    }

    private static boolean waitsForParser(Stored stored) {
        return stored.isHeld()
                && stored.waiting().parserMissingSince().isPresent()
                && stored.waiting().facts().parser().isPresent();
    }

    private void remove(Stored stored) {
        Waiting waiting = stored.waiting();
        DeviceId device = waiting.device();
        Rows rows = rowsOf(stored);
        store.delete(stored.key());
        if (waiting.offset() < newFrom) {
            // Only a crash while rows were written out leaves a command in both families.
            rows.deleteIfThere(stored.otherKey());
        }
        deadlines.clear(waiting.dueAt(), BookKeys.place(device, waiting.offset()));
        if (waitsForParser(stored)) {
            store.delete(BookKeys.parser(waiting.facts().parser().orElseThrow(), device, waiting.offset()));
        }
        store.delete(BookKeys.command(BookKeys.BODY, device, waiting.offset()));
        waiting.facts().collapseKey().ifPresent(key -> {
            if (reader.newestOf(device, key)
                    .filter(offset -> offset == waiting.offset())
                    .isPresent()) {
                store.delete(BookKeys.collapse(device, key));
            }
        });
        changeEntry(
                device, entry -> entry.removed(waiting.offset(), waiting.stop().isPresent()));
    }

    private void changeEntry(DeviceId device, java.util.function.UnaryOperator<DeviceEntry> change) {
        Bytes key = BookKeys.device(device);
        Optional<DeviceEntry> before = reader.device(device);
        if (before.isEmpty()) {
            return;
        }
        DeviceEntry after = change.apply(before.get());
        if (after.all() <= 0) {
            store.delete(key);
        } else if (!after.equals(before.get())) {
            store.put(key, after, BookValues.DEVICE);
        }
    }

    private Optional<Stored> find(DeviceId device, long offset) {
        return reader.eligible(device, offset)
                .map(waiting -> new Stored(waiting, false))
                .or(() -> reader.held(device, offset).map(waiting -> new Stored(waiting, true)));
    }

    private void toDecide(Waiting waiting) {
        toTell.add(() -> listener.toDecide(new Place(waiting.device(), waiting.offset())));
    }

    /** Only what is in the book already is told. */
    private void tell() {
        toTell.forEach(Runnable::run);
        toTell.clear();
        store.stepDone();
    }

    private Instant earlyUntil(Instant now) {
        return now.plus(rules.expiry().atMost()).plus(Duration.ofDays(1));
    }

    private static Instant finishedUntil(Instant expiresAt, Instant finishedAt) {
        Instant late = finishedAt.plus(Progress.LATE_WINDOW);
        return late.isAfter(expiresAt) ? late : expiresAt;
    }
}
