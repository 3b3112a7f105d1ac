package io.preservarium.pusher.delivery.book;

import static io.preservarium.pusher.delivery.Samples.RULES;
import static io.preservarium.pusher.delivery.Samples.START;
import static io.preservarium.pusher.delivery.Samples.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process dies while rows are written out, at every row once; the next one reads the topics again from the last commit,
 * events before commands as it does. What waits is then there and counted, and what is finished is gone.
 */
class BookCrashTest {

    private static final List<DeviceId> DEVICES = List.of(new DeviceId("a"), new DeviceId("b"));
    private static final int STEPS = 60;
    /** Between two commands of a partition there are others': what is noted ahead of them is moved on in each part. */
    private static final long OFFSETS_PER_STEP = 1_000;

    /** A record of one of the topics. */
    private sealed interface Input {
        record Accept(long offset, Command command, boolean startsAtOnce) implements Input {}

        record Event(StatusEvent event) implements Input {}

        record Cancel(Command command) implements Input {}

        default boolean isCommand() {
            return this instanceof Accept;
        }
    }

    private static final BookListener NOBODY = new BookListener() {
        @Override
        public void mayGo(DeviceId device, boolean isNew) {}

        @Override
        public boolean decides(int partition) {
            return true;
        }

        @Override
        public void unchecked(int partition) {}

        @Override
        public void queueIsFull(int partition) {}

        @Override
        public void toDecide(Place place) {}

        @Override
        public void readBack(StatusEvent event) {}
    };

    @ParameterizedTest
    @MethodSource("seeds")
    void whatWaitsIsThereAndWhatIsFinishedIsGone(long seed) {
        List<Input> inputs = inputs(new Random(seed));
        int commitAt = STEPS / 3;
        int crashAt = 2 * STEPS / 3;
        int crashes = 0;
        boolean died = true;
        while (died) {
            KeyValueStore<Bytes, byte[]> below = below();
            WriteBehindStore first = writeBehind(below);
            play(first, inputs.subList(0, commitAt));
            first.flushCache();
            CrashingStore crashing = new CrashingStore(crashes);
            WriteBehindStore second = writeBehind(crashing.over(below));
            died = crashing.attempt(() -> {
                play(second, inputs.subList(commitAt, crashAt));
                second.flushCache();
            });
            WriteBehindStore third = writeBehind(below);
            List<Input> again = inputs.subList(commitAt, inputs.size());
            play(third, again.stream().filter(input -> !input.isCommand()).toList());
            play(third, again.stream().filter(Input::isCommand).toList());
            check(third, inputs, "seed " + seed + ", crash at row " + crashes);
            end(third, inputs);
            assertThat(families(below))
                    .as("seed %d, crash at row %d, and the end of all", seed, crashes)
                    .isSubsetOf(BookKeys.ID, BookKeys.DEVICE, BookKeys.DUE, BookKeys.BODIES_BEFORE);
            crashes++;
        }
        assertThat(crashes).isGreaterThan(10);
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("crash.seeds", 20));
    }

    /** Commands of two devices that come, go out, go back, are cancelled and end, in a legal order. */
    private static List<Input> inputs(Random random) {
        List<Input> inputs = new ArrayList<>();
        Map<Command, CommandState> open = new HashMap<>();
        List<Command> order = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int what = order.isEmpty() ? 0 : random.nextInt(5);
            if (what < 2) {
                DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
                Command command = command(
                        device.value(),
                        "r" + step,
                        START,
                        START.plus(Duration.ofDays(1)),
                        random.nextInt(6) == 0 ? Optional.of(START.plusSeconds(60)) : Optional.empty(),
                        random.nextInt(4) == 0 ? Optional.of("k") : Optional.empty());
                open.put(command, CommandState.ACCEPTED);
                order.add(command);
                inputs.add(new Input.Accept(step * OFFSETS_PER_STEP, command, random.nextBoolean()));
            } else {
                Command command = order.get(random.nextInt(order.size()));
                CommandState next =
                        switch (open.get(command)) {
                            case ACCEPTED -> random.nextBoolean() ? CommandState.QUEUED : CommandState.SENDING;
                            case QUEUED -> CommandState.SENDING;
                            case SENDING -> random.nextInt(4) == 0 ? CommandState.QUEUED : CommandState.SENT;
                            case null, default -> CommandState.SENT;
                        };
                if (random.nextInt(6) == 0) {
                    inputs.add(new Input.Cancel(command));
                } else {
                    open.put(command, next);
                    inputs.add(new Input.Event(event(command, next)));
                    if (next == CommandState.SENT) {
                        order.remove(command);
                    }
                }
            }
        }
        return inputs;
    }

    private static StatusEvent event(Command command, CommandState state) {
        int attempt = state == CommandState.SENDING || state == CommandState.SENT ? 1 : 0;
        return StatusEvent.about(command, state, START, "test").attempt(attempt).build();
    }

    private static void play(WriteBehindStore store, List<Input> inputs) {
        Book book = new Book(store, 0, RULES, NOBODY);
        for (Input input : inputs) {
            switch (input) {
                case Input.Accept(long offset, Command command, boolean startsAtOnce) ->
                    Arrivals.accept(book, offset, command, startsAtOnce);
                case Input.Event(StatusEvent event) -> book.observe(event, Optional.empty(), START);
                case Input.Cancel(Command command) ->
                    book.cancel(
                            command.deviceId(),
                            command.requestId(),
                            new Waiting.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for"),
                            START);
            }
        }
    }

    private static void check(WriteBehindStore store, List<Input> inputs, String what) {
        Set<Long> waiting = new HashSet<>();
        Map<String, Long> offsets = new HashMap<>();
        for (Input input : inputs) {
            if (input instanceof Input.Accept(long offset, Command command, boolean ignored)) {
                waiting.add(offset);
                offsets.put(command.requestId().value(), offset);
            }
        }
        for (Input input : inputs) {
            if (input instanceof Input.Event(StatusEvent event) && event.isFinal()) {
                waiting.remove(offsets.get(event.requestId().value()));
            }
        }
        BookReader reader = new BookReader(store);
        Set<Long> found = new HashSet<>();
        for (DeviceId device : DEVICES) {
            Set<Long> ofDevice = new HashSet<>();
            int notStopped = 0;
            for (byte family : new byte[] {BookKeys.ELIGIBLE, BookKeys.HELD}) {
                for (WriteBehindStore.Entry<Waiting> row : reader.entries(
                        BookKeys.command(family, device, 0),
                        BookKeys.command(family, device, Long.MAX_VALUE),
                        1_000,
                        BookValues.waiting(device))) {
                    if (ofDevice.add(row.row().offset())) {
                        notStopped += row.row().stop().isEmpty() ? 1 : 0;
                    }
                    assertThat(reader.body(device, row.row().offset())).as(what).isPresent();
                }
            }
            found.addAll(ofDevice);
            assertThat(reader.keys(
                            BookKeys.command(BookKeys.BODY, device, 0),
                            BookKeys.command(BookKeys.BODY, device, Long.MAX_VALUE),
                            1_000))
                    .as(what)
                    .hasSameSizeAs(ofDevice);
            if (!ofDevice.isEmpty()) {
                DeviceEntry entry = reader.device(device).orElseThrow(() -> new AssertionError(what));
                assertThat(entry.all()).as(what).isGreaterThanOrEqualTo(ofDevice.size());
                assertThat(entry.waiting()).as(what).isGreaterThanOrEqualTo(notStopped);
                assertThat(reader.eligible(device, entry.head(), 1_000))
                        .as(what)
                        .containsAll(reader.eligible(device, 0, 1_000));
            }
        }
        assertThat(found).as(what).isEqualTo(waiting);
    }

    private static void end(WriteBehindStore store, List<Input> inputs) {
        for (Input input : inputs) {
            if (input instanceof Input.Accept(long offset, Command command, boolean ignored)) {
                play(store, List.of(new Input.Event(event(command, CommandState.CANCELLED))));
            }
        }
        store.flushCache();
    }

    private static Set<Byte> families(KeyValueStore<Bytes, byte[]> below) {
        Set<Byte> families = new HashSet<>();
        try (KeyValueIterator<Bytes, byte[]> all = below.all()) {
            all.forEachRemaining(row -> families.add(row.key.get()[0]));
        }
        return families;
    }

    private static WriteBehindStore writeBehind(KeyValueStore<Bytes, byte[]> below) {
        return new WriteBehindStore(below, new BookPlan(), () -> {}, new AtomicInteger(), 1_000_000);
    }

    private static KeyValueStore<Bytes, byte[]> below() {
        KeyValueStore<Bytes, byte[]> below = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(Book.STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
        below.init(context.getStateStoreContext(), below);
        return below;
    }
}
