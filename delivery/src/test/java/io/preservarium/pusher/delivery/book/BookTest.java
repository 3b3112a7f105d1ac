package io.preservarium.pusher.delivery.book;

import static io.preservarium.pusher.delivery.Samples.RULES;
import static io.preservarium.pusher.delivery.Samples.START;
import static io.preservarium.pusher.delivery.Samples.command;
import static io.preservarium.pusher.delivery.Samples.parsedBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BookTest {

    private static final Waiting.Stop CANCEL =
            new Waiting.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for");
    private static final Duration DAY = Duration.ofDays(1);

    private final List<DeviceId> mayGo = new ArrayList<>();
    private final List<Place> toDecide = new ArrayList<>();
    private final List<Integer> full = new ArrayList<>();
    private final BookListener listener = new BookListener() {
        @Override
        public void mayGo(DeviceId device, boolean isNew) {
            mayGo.add(device);
        }

        @Override
        public boolean decides(int partition) {
            return true;
        }

        @Override
        public void unchecked(int partition) {}

        @Override
        public void queueIsFull(int partition) {
            full.add(partition);
        }

        @Override
        public void toDecide(Place place) {
            toDecide.add(place);
        }

        @Override
        public void readBack(StatusEvent event) {}
    };
    private KeyValueStore<Bytes, byte[]> below;
    private WriteBehindStore store;
    private Book book;
    private BookReader reader;

    @BeforeEach
    void open() {
        below = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(Book.STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
        below.init(context.getStateStoreContext(), below);
        open(below);
    }

    /** What was written out is there, and nothing else. */
    private void open(KeyValueStore<Bytes, byte[]> left) {
        store = writeBehind(left, 1_000_000);
        book = new Book(store, 0, RULES, listener);
        reader = new BookReader(store);
    }

    @Test
    void commandsOfADeviceStandInOffsetOrderAndApartFromDevicesWithAPrefixOfTheName() {
        accept(2, command("a", "r2"));
        accept(9, command("a", "r9"));
        accept(300, command("a", "r300"));
        accept(301, command("ab", "x"));
        accept(302, command("a b", "y"));
        assertThat(of("a")).extracting(w -> w.requestId().value()).containsExactly("r2", "r9", "r300");
        assertThat(of("ab")).hasSize(1);
    }

    @Test
    void theSameIdTwiceIsOneCommand() {
        accept(1, command("d", "r"));
        accept(2, command("d", "r"));
        accept(3, command("other", "r"));
        assertThat(of("d")).hasSize(1);
        assertThat(reader.device(new DeviceId("d")).orElseThrow().waiting()).isEqualTo(1);
    }

    @Test
    void aFinishedIdIsNeverTakenAgainUntilItsTimeIsOver() {
        Command command = command("d", "r");
        accept(1, command);
        finish(command);
        assertThat(of("d")).isEmpty();
        accept(2, command);
        assertThat(of("d")).isEmpty();
        book.sweep(START.plus(DAY).minusMillis(1), 100);
        accept(3, command);
        assertThat(of("d")).isEmpty();
        book.sweep(START.plus(DAY), 100);
        accept(4, command);
        assertThat(of("d")).hasSize(1);
    }

    @Test
    void sweepingGoesThroughAllIdsInShares() {
        for (int i = 0; i < 25; i++) {
            Command command = command("d" + i, "r");
            accept(i, command);
            finish(command);
        }
        for (int share = 0; share < 4; share++) {
            book.sweep(START.plus(Duration.ofDays(2)), 7);
        }
        assertThat(size()).isZero();
    }

    @Test
    void eventsReadBeforeTheirCommandCount() {
        Command finished = command("d", "done");
        finish(finished);
        accept(1, finished);
        assertThat(of("d")).isEmpty();

        Command tried = command("d", "tried");
        observe(event(tried, CommandState.SENDING, 1));
        accept(2, tried);
        assertThat(of("d")).singleElement().satisfies(waiting -> {
            assertThat(waiting.progress().state()).isEqualTo(CommandState.SENDING);
            assertThat(waiting.progress().attempt()).isEqualTo(1);
        });
        assertThat(reader.device(new DeviceId("d")).orElseThrow().inFlight()).containsExactly(2L);
    }

    @Test
    void aCancellationReadBeforeItsCommandIsKept() {
        book.cancel(new DeviceId("d"), new RequestId("r"), CANCEL, START);
        accept(1, command("d", "r"));
        assertThat(of("d").get(0).stop()).contains(CANCEL);
        assertThat(toDecide).containsExactly(new Place(new DeviceId("d"), 1));
    }

    @Test
    void aNewerCommandReplacesTheWaitingOneOfItsKeyButNotOneInFlightUntilItIsBack() {
        Command flying = keyed("flying");
        accept(1, flying);
        observe(event(flying, CommandState.SENDING, 1));
        accept(2, keyed("waiting"));
        accept(3, command("d", "without"));
        accept(4, keyed("newest"));
        assertThat(stops()).containsExactly("", "replaced by newest", "", "");
        observe(event(flying, CommandState.QUEUED, 1));
        assertThat(stops()).containsExactly("replaced by newest", "replaced by newest", "", "");
        assertThat(toDecide).contains(new Place(new DeviceId("d"), 1));
    }

    @Test
    void oneMoreThanTheBoundFailsTheNewOneAndAReplacementDoesNotCount() {
        book = bounded(2);
        accept(1, keyed("a"));
        accept(2, command("d", "b"));
        accept(3, keyed("c"));
        accept(4, command("d", "e"));
        assertThat(of("d"))
                .extracting(w -> w.stop().map(s -> s.reason().name()).orElse(""))
                .containsExactly("REPLACED", "", "", "QUEUE_FULL");
        assertThat(full).containsExactly(0);
    }

    /** Checks read the book while it is written: what the list names they must find, or they pass it over for ever. */
    @Test
    void aCommandIsListedForItsCheckOnlyWhenAllOfItIsThere() throws Exception {
        int commands = 20_000;
        CompletableFuture<List<Place>> checks = CompletableFuture.supplyAsync(() -> {
            List<Place> incomplete = new ArrayList<>();
            long next = 1;
            while (next <= commands) {
                for (Bytes key :
                        reader.keys(BookKeys.firstUncheckedFrom(next), BookKeys.after(BookKeys.UNCHECKED), 64)) {
                    Place place = BookKeys.placeOfUnchecked(key);
                    if (reader.waiting(place.device(), place.offset()).isEmpty()
                            || reader.body(place.device(), place.offset()).isEmpty()) {
                        incomplete.add(place);
                    }
                    next = place.offset() + 1;
                }
            }
            return incomplete;
        });
        for (int offset = 1; offset <= commands; offset++) {
            accept(offset, command("d" + offset, "r"));
        }
        assertThat(checks.get(60, TimeUnit.SECONDS)).isEmpty();
    }

    /** The cost of taking in a command is the same however many wait. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 10_000})
    void takingInACommandReadsAndWritesTheSameHoweverManyWait(int waiting) {
        AtomicInteger calls = new AtomicInteger();
        book = new Book(writeBehind(CountingStore.over(below, calls), 0), 0, boundedRules(1_000_000), listener);
        for (int i = 0; i <= waiting; i++) {
            accept(i, command("d", "r" + i));
        }
        calls.set(0);
        accept(waiting + 1, command("d", "one-more"));
        assertThat(calls.get()).isLessThanOrEqualTo(8);
        calls.set(0);
        observe(event(command("d", "r0"), CommandState.QUEUED, 0));
        observe(event(command("d", "r0"), CommandState.SENDING, 1));
        observe(event(command("d", "r0"), CommandState.SENT, 1));
        assertThat(calls.get()).isLessThanOrEqualTo(32);
    }

    /** What a crash may have left of it is looked for where there may be something only. */
    @Test
    void aCommandThatNobodyCanHaveReadBeforeIsNotLookedForByItsOffset() {
        AtomicInteger calls = new AtomicInteger();
        accept(1, command("d", "r1"));
        store.flushCache();
        store = writeBehind(CountingStore.over(below, calls), 1_000_000);
        book = new Book(store, 0, RULES, listener);
        calls.set(0);
        accept(2, command("d", "r2"));
        int perhapsReadBefore = calls.getAndSet(0);
        accept(1_000_000, command("d", "r3"));
        assertThat(calls.get()).isLessThan(perhapsReadBefore);
    }

    /** The same at its end: what stands in both families after a crash is looked for where there was one. */
    @Test
    void theEndOfACommandThatNoCrashCanHaveSplitCostsOneLookLess() {
        assertThat(callsAtTheEnd(20_000)).isEqualTo(callsAtTheEnd(2) - 1);
    }

    private int callsAtTheEnd(long offset) {
        AtomicInteger calls = new AtomicInteger();
        accept(1, command("other", "r1"));
        store.flushCache();
        store = writeBehind(CountingStore.over(below, calls), 1_000_000);
        book = new Book(store, 0, RULES, listener);
        Command last = command("d", "r-" + offset);
        accept(offset, last);
        store.flushCache();
        calls.set(0);
        finish(last);
        return calls.get();
    }

    @Test
    void aCommandWhoseTimeComesMayGoAndHoldsNobodyBackBefore() {
        Instant later = START.plusSeconds(60);
        accept(1, command("d", "later", START, START.plus(DAY), Optional.of(later), Optional.empty()));
        accept(2, command("d", "now"));
        assertThat(reader.eligible(new DeviceId("d"), 0, 1).get(0)).isEqualTo(2);
        mayGo.clear();
        book.due(later.minusMillis(1), 100);
        assertThat(mayGo).isEmpty();
        book.due(later, 100);
        assertThat(mayGo).containsExactly(new DeviceId("d"));
        long head = reader.device(new DeviceId("d")).orElseThrow().head();
        assertThat(reader.eligible(new DeviceId("d"), head, 1).get(0)).isEqualTo(1);
    }

    @Test
    void whatIsDueIsToldAgainAndAgainUntilAnEventSettlesIt() {
        Command command = command("d", "r");
        accept(1, command);
        observe(event(command, CommandState.QUEUED, 0));
        book.due(START.plus(Duration.ofHours(23)), 100);
        assertThat(toDecide).isEmpty();
        Instant end = START.plus(DAY);
        book.due(end, 100);
        assertThat(toDecide).hasSize(1);
        book.due(end, 100);
        assertThat(toDecide).hasSize(1);
        book.due(end.plusSeconds(60), 100);
        assertThat(toDecide).hasSize(2);
        observe(event(command, CommandState.EXPIRED, 0));
        book.due(end.plusSeconds(600), 100);
        assertThat(toDecide).hasSize(2);
    }

    @Test
    void aCommandWithoutItsScriptHoldsNobodyBackUntilTheScriptComes() {
        Command missing = parsedBy(command("d", "missing"), "late.py");
        accept(1, missing);
        accept(2, command("d", "good"));
        observe(StatusEvent.about(missing, CommandState.QUEUED, START, "test")
                .because(Reason.WAITING_FOR_PARSER, "not here")
                .build());
        assertThat(reader.eligible(new DeviceId("d"), 0, 1).get(0)).isEqualTo(2);
        mayGo.clear();
        book.parserAvailable(new ParserRef("other.py"), START, 100);
        assertThat(mayGo).isEmpty();
        book.parserAvailable(new ParserRef("late.py"), START.plusSeconds(2), 100);
        assertThat(mayGo).containsExactly(new DeviceId("d"));
        Waiting back = reader.eligible(new DeviceId("d"), 1).orElseThrow();
        assertThat(back.offset()).isEqualTo(1);
        assertThat(back.parserMissingSince()).contains(START);
        book.parserAvailable(new ParserRef("late.py"), START.plusSeconds(3), 100);
        assertThat(mayGo).hasSize(1);
    }

    /** A process that lost its state reads the status first, and goes on waiting from where another began. */
    @Test
    void sinceWhenAScriptIsMissingIsKnownFromEventsReadBeforeTheirCommand() {
        Command missing = parsedBy(command("d", "missing"), "late.py");
        observe(StatusEvent.about(missing, CommandState.QUEUED, START.minusSeconds(20), "test")
                .because(Reason.WAITING_FOR_PARSER, "not here")
                .build());
        store.flushCache();
        accept(1, missing);
        assertThat(of("d").getFirst().parserMissingSince()).contains(START.minusSeconds(20));
        assertThat(reader.eligible(new DeviceId("d"), 0, 1)).isEmpty();
        book.due(START.plusSeconds(9), 100);
        assertThat(toDecide).isEmpty();
        book.due(START.plusSeconds(10), 100);
        assertThat(toDecide).containsExactly(new Place(new DeviceId("d"), 1));
    }

    @Test
    void whenTheWaitForAScriptIsOverTheCommandIsToldToBeDecided() {
        Command missing = parsedBy(command("d", "missing"), "late.py");
        accept(1, missing);
        observe(StatusEvent.about(missing, CommandState.QUEUED, START, "test")
                .because(Reason.WAITING_FOR_PARSER, "not here")
                .build());
        book.due(START.plus(RULES.parserWait()).minusMillis(1), 100);
        assertThat(toDecide).isEmpty();
        book.due(START.plus(RULES.parserWait()), 100);
        assertThat(toDecide).containsExactly(new Place(new DeviceId("d"), 1));
    }

    @Test
    void nothingIsLeftBehindAfterTheEnd() {
        Command command = keyed("r");
        accept(1, command);
        observe(event(command, CommandState.QUEUED, 0));
        finish(command);
        book.cancel(new DeviceId("never"), new RequestId("came"), CANCEL, START);
        book.sweep(START.plus(Duration.ofDays(40)), 100);
        assertThat(size()).isZero();
    }

    @Test
    void aRecordReadTwiceAfterACrashCountsOnceWhereverTheCrashWas() {
        for (int writes = 0; writes < 8; writes++) {
            open();
            CrashingStore crashing = new CrashingStore(writes);
            book = new Book(writeBehind(crashing.over(below), 0), 0, RULES, listener);
            crashing.attempt(() -> accept(5, keyed("r")));
            open(below);
            accept(5, keyed("r"));
            assertThat(reader.device(new DeviceId("d")).orElseThrow().waiting())
                    .as("after a crash at write %d", writes)
                    .isEqualTo(1);
            finish(keyed("r"));
            assertThat(of("d")).isEmpty();
            assertThat(reader.device(new DeviceId("d"))).isEmpty();
        }
    }

    /** After a restart nobody else may ask: a route that pushes waits to be told. */
    @Test
    void aCommandThatWasBeingWrittenOutWhenTheProcessDiedMayGoWhereverTheCrashWas() {
        for (int writes = 0; writes < 6; writes++) {
            open();
            CrashingStore crashing = new CrashingStore(writes);
            book = new Book(writeBehind(crashing.over(below), 0), 0, RULES, listener);
            boolean died = crashing.attempt(() -> accept(5, command("d", "r")));
            assertThat(died).as("at write %d", writes).isTrue();
            open(below);
            mayGo.clear();
            accept(5, command("d", "r"));
            assertThat(mayGo).as("after a crash at write %d", writes).containsExactly(new DeviceId("d"));
        }
    }

    @Test
    void aFinalEventReadTwiceAfterACrashLeavesNothingThatCouldBeHandedOut() {
        for (int writes = 0; writes < 10; writes++) {
            open();
            accept(5, keyed("r"));
            observe(event(keyed("r"), CommandState.SENDING, 1));
            store.flushCache();
            CrashingStore crashing = new CrashingStore(writes);
            book = new Book(writeBehind(crashing.over(below), 0), 0, RULES, listener);
            crashing.attempt(() -> observe(event(keyed("r"), CommandState.SENT, 1)));
            open(below);
            observe(event(keyed("r"), CommandState.SENT, 1));
            accept(6, keyed("r"));
            assertThat(of("d")).as("after a crash at write %d", writes).isEmpty();
        }
    }

    // --- means ------------------------------------------------------------------------------------------------------

    private static WriteBehindStore writeBehind(KeyValueStore<Bytes, byte[]> store, int mostInMemory) {
        return new WriteBehindStore(store, new BookPlan(), () -> {}, new AtomicInteger(), mostInMemory);
    }

    private Book bounded(int perDevice) {
        return new Book(store, 0, boundedRules(perDevice), listener);
    }

    private static DeliveryRules boundedRules(int perDevice) {
        return new DeliveryRules(ExpiryRule.STANDARD, perDevice, Duration.ofSeconds(15), 3, Duration.ofSeconds(30));
    }

    private void accept(long offset, Command command) {
        Arrivals.accept(book, offset, command, false);
    }

    private void observe(StatusEvent event) {
        book.observe(event, Optional.empty(), START);
    }

    private void finish(Command command) {
        observe(event(command, CommandState.SENDING, 1));
        observe(event(command, CommandState.SENT, 1));
    }

    private static Command keyed(String id) {
        return command("d", id, START, START.plus(DAY), Optional.empty(), Optional.of("k"));
    }

    private static StatusEvent event(Command command, CommandState state, int attempt) {
        return StatusEvent.about(command, state, START, "test").attempt(attempt).build();
    }

    private List<String> stops() {
        return of("d").stream()
                .map(w -> w.stop().map(Waiting.Stop::message).orElse(""))
                .toList();
    }

    private List<Waiting> of(String device) {
        DeviceId id = new DeviceId(device);
        List<Waiting> found = new ArrayList<>();
        for (byte family : new byte[] {BookKeys.ELIGIBLE, BookKeys.HELD}) {
            reader.entries(
                            BookKeys.command(family, id, 0),
                            BookKeys.command(family, id, Long.MAX_VALUE),
                            Integer.MAX_VALUE,
                            BookValues.waiting(id))
                    .forEach(row -> found.add(row.row()));
        }
        found.sort(java.util.Comparator.comparingLong(Waiting::offset));
        return found;
    }

    /** Rows but for the one that says up to where there may be bodies. */
    private int size() {
        int size = 0;
        store.flushCache();
        try (KeyValueIterator<Bytes, byte[]> all = below.all()) {
            while (all.hasNext()) {
                size += all.next().key.get()[0] == BookKeys.BODIES_BEFORE ? 0 : 1;
            }
        }
        return size;
    }
}
