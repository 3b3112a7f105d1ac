package io.preservarium.pusher.delivery;

import static io.preservarium.pusher.delivery.Samples.RULES;
import static io.preservarium.pusher.delivery.Samples.START;
import static io.preservarium.pusher.delivery.Samples.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.ExpiryRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitingCommandsTest {

    private static final WaitingCommand.Stop CANCEL =
            new WaitingCommand.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for");

    private KeyValueStore<Bytes, byte[]> store;
    private WaitingCommands book;

    @BeforeEach
    void open() {
        store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(WaitingCommands.STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
        store.init(context.getStateStoreContext(), store);
        book = new WaitingCommands(store, RULES);
    }

    @Test
    void commandsOfADeviceStandInOffsetOrderAndApartFromDevicesWithAPrefixOfTheName() {
        accept(9, command("a", "r9"));
        accept(2, command("a", "r2"));
        accept(300, command("a", "r300"));
        accept(1, command("ab", "x"));
        accept(3, command("a b", "y"));
        assertThat(of("a")).extracting(w -> w.command().requestId().value()).containsExactly("r2", "r9", "r300");
        assertThat(of("ab")).hasSize(1);
    }

    @Test
    void theSameIdTwiceIsOneCommand() {
        assertThat(accept(1, command("d", "r"))).isTrue();
        assertThat(accept(2, command("d", "r"))).isFalse();
        assertThat(accept(3, command("other", "r"))).isTrue();
        assertThat(of("d")).hasSize(1);
    }

    @Test
    void aFinishedIdIsNeverTakenAgainUntilItsTimeIsOver() {
        Command command = command("d", "r");
        accept(1, command);
        book.observe(event(command, CommandState.SENDING, 1), START);
        book.observe(event(command, CommandState.SENT, 1), START);
        assertThat(of("d")).isEmpty();
        assertThat(accept(2, command)).isFalse();
        assertThat(book.due(START.plus(Duration.ofDays(2)))).isEmpty();
        assertThat(accept(3, command)).isTrue();
    }

    @Test
    void eventsReadBeforeTheirCommandCount() {
        Command finished = command("d", "done");
        book.observe(event(finished, CommandState.SENDING, 1), START);
        book.observe(event(finished, CommandState.SENT, 1), START);
        assertThat(accept(1, finished)).isFalse();

        Command tried = command("d", "tried");
        book.observe(event(tried, CommandState.SENDING, 1), START);
        accept(2, tried);
        assertThat(of("d")).singleElement().satisfies(waiting -> {
            assertThat(waiting.progress().state()).isEqualTo(CommandState.SENDING);
            assertThat(waiting.progress().attempt()).isEqualTo(1);
        });
    }

    @Test
    void aCancellationReadBeforeItsCommandIsKept() {
        book.cancel(new DeviceId("d"), new RequestId("r"), CANCEL, START);
        accept(1, command("d", "r"));
        assertThat(of("d").get(0).stop()).contains(CANCEL);
    }

    @Test
    void aNewerCommandReplacesWaitingOnesOfItsKeyButNotOneInFlight() {
        Command flying = keyed("flying");
        accept(1, flying);
        book.observe(event(flying, CommandState.SENDING, 1), START);
        accept(2, keyed("waiting"));
        accept(3, command("d", "without"));
        accept(4, keyed("newest"));
        assertThat(of("d"))
                .extracting(w -> w.stop().map(WaitingCommand.Stop::message).orElse(""))
                .containsExactly("", "replaced by newest", "", "");
    }

    @Test
    void oneMoreThanTheBoundFailsTheNewOneAndAReplacementDoesNotCount() {
        book = new WaitingCommands(
                store, new DeliveryRules(ExpiryRule.STANDARD, 2, Duration.ofSeconds(15), 3, Duration.ofSeconds(30)));
        accept(1, keyed("a"));
        accept(2, command("d", "b"));
        accept(3, keyed("c"));
        accept(4, command("d", "e"));
        assertThat(of("d"))
                .extracting(w -> w.stop().map(s -> s.reason().name()).orElse(""))
                .containsExactly("REPLACED", "", "", "QUEUE_FULL");
    }

    @Test
    void whatIsDueWakesItsDeviceAgainAndAgainUntilAnEventSettlesIt() {
        Command command = command("d", "r");
        accept(1, command);
        Instant later = START.plus(NextStep.RECHECK);
        assertThat(book.due(START)).isEmpty();
        assertThat(book.due(later)).containsExactly(new DeviceId("d"));
        assertThat(book.due(later)).isEmpty();
        assertThat(book.due(later.plus(NextStep.RECHECK))).containsExactly(new DeviceId("d"));
        book.observe(event(command, CommandState.QUEUED, 0), later);
        assertThat(book.due(START.plus(Duration.ofHours(23)))).isEmpty();
        assertThat(book.due(START.plus(Duration.ofDays(1)))).containsExactly(new DeviceId("d"));
    }

    @Test
    void nothingIsLeftBehindAfterTheLastDeadline() {
        Command command = command("d", "r");
        accept(1, command);
        book.observe(event(command, CommandState.QUEUED, 0), START);
        book.observe(event(command, CommandState.SENDING, 1), START);
        book.observe(event(command, CommandState.SENT, 1), START);
        book.cancel(new DeviceId("never"), new RequestId("came"), CANCEL, START);
        book.due(START.plus(Duration.ofDays(40)));
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            assertThat(all.hasNext()).isFalse();
        }
    }

    private boolean accept(long offset, Command command) {
        return book.accept(
                new WaitingCommand(
                        offset, START, command, Progress.accepted(), "rest", Optional.empty(), Optional.empty(), START),
                START);
    }

    private static Command keyed(String id) {
        return command("d", id, START, START.plus(Duration.ofDays(1)), Optional.empty(), Optional.of("k"));
    }

    private static StatusEvent event(Command command, CommandState state, int attempt) {
        return StatusEvent.about(command, state, START, "test")
                .attempt(attempt)
                .delivery(Map.of())
                .build();
    }

    private List<WaitingCommand> of(String device) {
        DeviceId id = new DeviceId(device);
        List<WaitingCommand> found = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range = store.range(StoreFormat.firstOf(id), StoreFormat.lastOf(id))) {
            range.forEachRemaining(entry -> found.add(StoreFormat.readWaiting(entry.value)));
        }
        return found;
    }
}
