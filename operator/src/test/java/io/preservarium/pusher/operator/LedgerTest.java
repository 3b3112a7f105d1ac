package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TopicPartition P = new TopicPartition("device_command_status", 3);

    private final ReadOffsets offsets = new ReadOffsets();
    private final Ledger ledger = new Ledger(offsets, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void anOffsetIsCommittableOnlyWhenTheResourceSaysSo() {
        ledger.learn("a", known());
        note("a", CommandState.QUEUED, 7);
        assertThat(committable()).isEqualTo(7);
        ledger.settle("a", ledger.look("a"));
        assertThat(committable()).isEqualTo(8);
    }

    @Test
    void anEventThatArrivesDuringAWriteStaysOpen() {
        ledger.learn("a", known());
        note("a", CommandState.QUEUED, 7);
        Ledger.Page before = ledger.look("a");
        note("a", CommandState.SENDING, 8);
        ledger.settle("a", before);
        assertThat(committable()).isEqualTo(8);
        assertThat(ledger.look("a").hasNews()).isTrue();
    }

    @Test
    void theOldestOpenRecordHoldsThePartition() {
        ledger.learn("a", known());
        ledger.learn("b", known());
        note("a", CommandState.QUEUED, 7);
        note("b", CommandState.QUEUED, 8);
        offsets.read(new ReadOffsets.Position(P, 9), 0);
        ledger.settle("b", ledger.look("b"));
        assertThat(committable()).isEqualTo(7);
        ledger.forget("a");
        assertThat(committable()).isEqualTo(10);
    }

    @Test
    void aRecordForTwoResourcesWaitsForBoth() {
        ReadOffsets.Position position = new ReadOffsets.Position(P, 7);
        offsets.read(position, 2);
        offsets.done(position);
        assertThat(committable()).isEqualTo(7);
        offsets.done(position);
        assertThat(committable()).isEqualTo(8);
    }

    @Test
    void eventsBeforeTheLookUpAreFoldedOntoItAndToldOnce() {
        note("a", CommandState.QUEUED, 7);
        note("a", CommandState.SENDING, 8);
        assertThat(ledger.look("a").knowledge()).isEqualTo(new Knowledge.Unasked());
        Progress queued = Progress.accepted().apply(event(CommandState.QUEUED)).progress();
        ledger.learn("a", new Knowledge.InKafka(NOW, queued, NOW));
        assertThat(ledger.look("a").knowledge()).isInstanceOfSatisfying(Knowledge.InKafka.class, known -> assertThat(
                        known.progress().state())
                .isEqualTo(CommandState.SENDING));
        assertThat(ledger.takeUntold("a")).extracting(StatusEvent::state).isEqualTo(List.of(CommandState.SENDING));
        assertThat(ledger.takeUntold("a")).isEmpty();
    }

    @Test
    void aDuplicateChangesNothing() {
        ledger.learn("a", known());
        note("a", CommandState.QUEUED, 7);
        ledger.takeUntold("a");
        Knowledge before = ledger.look("a").knowledge();
        note("a", CommandState.QUEUED, 8);
        assertThat(ledger.look("a").knowledge()).isEqualTo(before);
        assertThat(ledger.takeUntold("a")).isEmpty();
    }

    @Test
    void aSettledResourceIsForgottenAndOneWithNewsIsNot() {
        ledger.learn("a", known());
        note("a", CommandState.QUEUED, 7);
        ledger.forgetSettled("a");
        assertThat(ledger.size()).isEqualTo(1);
        ledger.settle("a", ledger.look("a"));
        ledger.forgetSettled("a");
        assertThat(ledger.size()).isZero();
    }

    private void note(String uid, CommandState state, long offset) {
        ReadOffsets.Position position = new ReadOffsets.Position(P, offset);
        offsets.read(position, 1);
        ledger.note(uid, event(state), position);
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
