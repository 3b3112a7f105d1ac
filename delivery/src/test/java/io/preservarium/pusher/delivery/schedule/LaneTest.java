package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.book.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** What a lane keeps count of is what a look at everything would find, whatever happens in which order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countsWhatALookAtEverythingWouldFind(long seed) {
        Random random = new Random(seed);
        Lane lane = new Lane(DEVICE);
        for (int step = 0; step < 5_000; step++) {
            for (int change = random.nextInt(3); change >= 0; change--) {
                change(lane, "r" + random.nextInt(12), random, step);
            }
            Set<InMotion> finished = Set.copyOf(lane.finishedUnread());
            List<InMotion> leased = lane.leased();
            boolean isLookedAt = random.nextInt(4) == 0;
            if (isLookedAt) {
                List<InMotion> all = IntStream.range(0, 12)
                        .mapToObj(n -> lane.inMotion(new RequestId("r" + n)))
                        .flatMap(Optional::stream)
                        .toList();
                assertThat(finished)
                        .containsExactlyInAnyOrderElementsOf(
                                all.stream().filter(InMotion::hasEnded).toList());
                assertThat(leased)
                        .containsExactlyInAnyOrderElementsOf(
                                all.stream().filter(InMotion::hasLease).toList());
            }
            lane.tidy(new Now(Samples.START, step));
            assertThat(lane.wakesLater()).isEqualTo(!leased.isEmpty());
        }
    }

    private static void change(Lane lane, String id, Random random, int step) {
        StatusEvent failed = event(id, CommandState.FAILED);
        StatusEvent sending = event(id, CommandState.SENDING);
        switch (random.nextInt(7)) {
            case 0 -> lane.inMotion(facts(id)).leaseUntil(1, step);
            case 1 -> lane.inMotion(facts(id)).attemptOver(1);
            case 2 -> lane.inMotion(facts(id)).wrote(failed);
            case 3 -> lane.inMotion(facts(id)).wrote(sending);
            case 4 -> lane.inMotion(facts(id)).pauseUntil(step + random.nextInt(5));
            case 5 -> lane.forgetUnless(known -> random.nextInt(4) > 0);
            default -> lane.readBack(random.nextBoolean() ? failed : sending);
        }
    }

    private static StatusEvent event(String id, CommandState state) {
        var command = Samples.command(DEVICE.value(), id);
        return StatusEvent.about(
                        command.requestId(),
                        DEVICE,
                        command.commandType(),
                        command.protocol(),
                        command.expect(),
                        state,
                        Samples.START,
                        "test")
                .attempt(1)
                .build();
    }

    private static Waiting.Facts facts() {
        return facts("r1");
    }

    private static Waiting.Facts facts(String id) {
        return Samples.facts(Samples.command(DEVICE.value(), id), 0);
    }
}
