package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.journal.records.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever relies on the outcome of an attempt is woken after it; what others finished holds nobody back. */
class LaneTest {

    private static final DeviceId DEVICE = new DeviceId("dev");

    private final List<DeviceId> woken = new ArrayList<>();
    private final Lanes lanes = new Lanes(Runnable::run, () -> new Now(Samples.START, 0), woken::add);

    @Test
    void aCommandThatComesJustAfterTheLastLookAtAnOutcomeIsNotLeftBehind() {
        lanes.here(DEVICE, lane -> lane.inMotion(facts()).leaseUntil(1, 1));
        lanes.here(DEVICE, lane -> {
            lane.inMotion(facts()).attemptOver(1);
            // The outcome was looked at; the piece of work is not over, and a command comes in.
            assertThat(lanes.wakesLater(DEVICE)).isTrue();
            assertThat(woken).isEmpty();
        });
        assertThat(woken).containsExactly(DEVICE);
        assertThat(lanes.wakesLater(DEVICE)).isFalse();
    }

    @Test
    void nobodyIsWokenWhoDidNotRelyOnIt() {
        lanes.here(DEVICE, lane -> lane.inMotion(facts()).leaseUntil(1, 1));
        lanes.here(DEVICE, lane -> lane.inMotion(facts()).attemptOver(1));
        assertThat(woken).isEmpty();
    }

    @Test
    void aLeaseOfACommandThatAnotherReplicaFinishedHoldsNothingBack() {
        lanes.here(DEVICE, lane -> lane.inMotion(facts()).leaseUntil(1, 1));
        assertThat(lanes.wakesLater(DEVICE)).isTrue();
        lanes.everywhere(DEVICE::equals, lane -> lane.forgetUnless(known -> false));
        assertThat(woken).containsExactly(DEVICE);
        assertThat(lanes.isBusy(DEVICE)).isFalse();
    }

    private static Waiting.Facts facts() {
        var command = Samples.command(DEVICE.value(), "r1");
        return new Waiting.Facts(
                DEVICE,
                0,
                command.requestId(),
                command.commandType(),
                command.timestamp(),
                Optional.empty(),
                command.expiresAt(),
                Optional.empty(),
                Optional.empty(),
                command.expect(),
                command.parserScriptRef(),
                Origin.KAFKA);
    }
}
