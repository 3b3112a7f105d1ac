package io.preservarium.pusher.operator.command.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.journal.records.RecordPlace;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CommandMemoryTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TopicPartition P = new TopicPartition("device_command_status", 3);

    private final HandledOffsets offsets = new HandledOffsets();
    private final CommandMemory memory = new CommandMemory(offsets, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void anOffsetIsCommittableOnlyWhenTheResourceSaysSo() {
        memory.learn("a", known());
        add("a", CommandState.QUEUED, 7);
        assertThat(committable()).isEqualTo(7);
        memory.markWritten("a", memory.snapshot("a"));
        assertThat(committable()).isEqualTo(8);
    }

    @Test
    void anEventThatArrivesDuringAWriteStaysOpen() {
        memory.learn("a", known());
        add("a", CommandState.QUEUED, 7);
        CommandMemory.Snapshot before = memory.snapshot("a");
        add("a", CommandState.SENDING, 8);
        memory.markWritten("a", before);
        assertThat(committable()).isEqualTo(8);
        assertThat(memory.snapshot("a").hasNews()).isTrue();
    }

    @Test
    void theOldestOpenRecordHoldsThePartition() {
        memory.learn("a", known());
        memory.learn("b", known());
        add("a", CommandState.QUEUED, 7);
        add("b", CommandState.QUEUED, 8);
        offsets.read(new RecordPlace("device_command_status", 3, 9), 0);
        memory.markWritten("b", memory.snapshot("b"));
        assertThat(committable()).isEqualTo(7);
        memory.forget("a");
        assertThat(committable()).isEqualTo(10);
    }

    @Test
    void aRecordForTwoResourcesWaitsForBoth() {
        RecordPlace position = new RecordPlace("device_command_status", 3, 7);
        offsets.read(position, 2);
        offsets.done(position);
        assertThat(committable()).isEqualTo(7);
        offsets.done(position);
        assertThat(committable()).isEqualTo(8);
    }

    @Test
    void eventsBeforeTheLookUpAreFoldedOntoItAndToldOnce() {
        add("a", CommandState.QUEUED, 7);
        add("a", CommandState.SENDING, 8);
        assertThat(memory.snapshot("a").knowledge()).isEqualTo(new Knowledge.Unasked());
        Progress queued = Progress.accepted().apply(event(CommandState.QUEUED)).progress();
        memory.learn("a", new Knowledge.InKafka(NOW, queued, NOW));
        assertThat(memory.snapshot("a").knowledge())
                .isInstanceOfSatisfying(
                        Knowledge.InKafka.class,
                        known -> assertThat(known.progress().state()).isEqualTo(CommandState.SENDING));
        assertThat(memory.takeUnreported("a")).extracting(StatusEvent::state).isEqualTo(List.of(CommandState.SENDING));
        assertThat(memory.takeUnreported("a")).isEmpty();
    }

    @Test
    void aDuplicateChangesNothing() {
        memory.learn("a", known());
        add("a", CommandState.QUEUED, 7);
        memory.takeUnreported("a");
        Knowledge before = memory.snapshot("a").knowledge();
        add("a", CommandState.QUEUED, 8);
        assertThat(memory.snapshot("a").knowledge()).isEqualTo(before);
        assertThat(memory.takeUnreported("a")).isEmpty();
    }

    @Test
    void aSettledResourceIsForgottenAndOneWithNewsIsNot() {
        memory.learn("a", known());
        add("a", CommandState.QUEUED, 7);
        memory.forgetWritten("a");
        assertThat(memory.size()).isEqualTo(1);
        memory.markWritten("a", memory.snapshot("a"));
        memory.forgetWritten("a");
        assertThat(memory.size()).isZero();
    }

    private void add(String uid, CommandState state, long offset) {
        RecordPlace position = new RecordPlace("device_command_status", 3, offset);
        offsets.read(position, 1);
        memory.add(uid, event(state), position);
    }

    private long committable() {
        Map<TopicPartition, OffsetAndMetadata> all = offsets.committable();
        return all.get(P).offset();
    }

    private static Knowledge known() {
        return new Knowledge.InKafka(NOW, Progress.accepted(), NOW);
    }

    private static StatusEvent event(CommandState state) {
        return new StatusEvent(
                new RequestId("r"),
                new DeviceId("d"),
                Optional.empty(),
                Optional.empty(),
                state,
                false,
                Optional.empty(),
                Optional.empty(),
                NOW,
                "test",
                state == CommandState.QUEUED ? 0 : 1,
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }
}
