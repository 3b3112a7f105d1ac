package io.preservarium.pusher.delivery.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.delivery.Samples;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CoordinatorPulseTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AtomicLong monotonic = new AtomicLong(1_000_000_000_000L);
    private final AtomicLong wall = new AtomicLong(Samples.START.toEpochMilli());
    private Set<String> own = Set.of("a-1");
    private Set<String> members = Set.of("a-1", "b-1");
    private boolean away;
    private final CoordinatorPulse pulse =
            new CoordinatorPulse(LIMIT, this::members, () -> own, clock(), monotonic::get);

    private Set<String> members(Duration limit) throws ExecutionException, TimeoutException {
        if (away) {
            throw new TimeoutException("away");
        }
        return members;
    }

    @Test
    void beforeItHasJoinedThereIsNoPulse() {
        own = Set.of();
        pulse.sample();
        assertThat(pulse.isFresh()).isFalse();
        own = Set.of("");
        pulse.sample();
        assertThat(pulse.isFresh()).isFalse();
    }

    @Test
    void theCoordinatorsWordKeepsItFreshForTheLimit() {
        pulse.sample();
        assertThat(pulse.isFresh()).isTrue();
        away = true;
        pass(LIMIT.minusMillis(1));
        pulse.sample();
        assertThat(pulse.isFresh()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(pulse.isFresh()).isFalse();
        away = false;
        pulse.sample();
        assertThat(pulse.isFresh()).isTrue();
    }

    @Test
    void anAnswerThatNamesAnotherMemberOfTheSameNameIsNoPulse() {
        pulse.sample();
        pass(LIMIT);
        members = Set.of("a-2", "b-1");
        pulse.sample();
        assertThat(pulse.isFresh()).isFalse();
    }

    @Test
    void aMachineWhoseMonotonicClockStoodStillIsFoundByTheWallClock() {
        pulse.sample();
        wall.addAndGet(60_000);
        assertThat(pulse.isFresh()).isFalse();
    }

    @Test
    void aClockStepBlocksNobodyForLongerThanTheNextWord() {
        for (Duration step : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1)}) {
            wall.addAndGet(step.toMillis());
            pulse.sample();
            assertThat(pulse.isFresh()).isTrue();
        }
    }

    @Test
    void whoIsNoMemberAnyMoreNeedNotWaitToHearIt() {
        pulse.sample();
        assertThat(pulse.awaitWord(Duration.ZERO)).isTrue();
        pass(LIMIT);
        assertThat(pulse.awaitWord(Duration.ZERO)).as("no word in time").isFalse();
        members = Set.of("b-1");
        pulse.sample();
        assertThat(pulse.awaitWord(Duration.ofHours(1))).isFalse();
    }

    @Test
    void theNextWordEndsTheWait() throws Exception {
        pulse.sample();
        pass(LIMIT);
        CompletableFuture<Boolean> heard = CompletableFuture.supplyAsync(() -> pulse.awaitWord(Duration.ofMinutes(1)));
        pulse.sample();
        assertThat(heard.get(30, TimeUnit.SECONDS)).isTrue();
    }

    private void pass(Duration time) {
        monotonic.addAndGet(time.toNanos());
        wall.addAndGet(time.toMillis());
    }

    private Clock clock() {
        return ((InstantSource) () -> Instant.ofEpochMilli(wall.get())).withZone(ZoneOffset.UTC);
    }
}
