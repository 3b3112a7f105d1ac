package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class IntakePaceTest {

    private final AtomicLong nanos = new AtomicLong();
    private final IntakePace pace = new IntakePace("commands", nanos::get);

    @Test
    void noPauseWhileNobodyCalls() {
        pace.refused(3);
        assertThat(pace.takePause(commands(3))).isZero();
        pace.asked();
        pace.answered();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        pace.refused(3);
        assertThat(pace.takePause(commands(3))).isZero();
    }

    @Test
    void betweenTwoCallsTheFloodIsStillSlowed() {
        pace.asked();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(5));
        pace.answered();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
        pace.refused(3);
        assertThat(pace.takePause(commands(3))).isPositive();
    }

    @Test
    void eachRefusedCommandAddsToThePauseOfItsPartitionAndItIsToldOnce() {
        pace.asked();
        pace.refused(3);
        pace.refused(4);
        pace.refused(4);
        long one = pace.takePause(commands(3));
        assertThat(one).isBetween(TimeUnit.MICROSECONDS.toNanos(500), TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(pace.takePause(commands(4))).isEqualTo(2 * one);
        assertThat(pace.takePause(commands(3))).isZero();
        assertThat(pace.takePause(commands(4))).isZero();
    }

    @Test
    void aPauseHasABound() {
        pace.asked();
        for (int n = 0; n < 100_000; n++) {
            pace.refused(3);
        }
        assertThat(pace.takePause(commands(3))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    }

    @Test
    void onlyCommandsArePaused() {
        pace.asked();
        pace.refused(3);
        assertThat(pace.takePause(new TopicPartition("status", 3))).isZero();
        assertThat(pace.takePause(commands(3))).isPositive();
    }

    @Test
    void aBacklogIsWhatAllReadersTogetherHaveStillToRead() {
        Object one = new Object();
        Object other = new Object();
        pace.behind(one, 1_500);
        assertThat(pace.hasBacklog()).isFalse();
        pace.behind(other, 1_500);
        assertThat(pace.hasBacklog()).isTrue();
        pace.behind(one, 0);
        assertThat(pace.hasBacklog()).isFalse();
    }

    private static TopicPartition commands(int partition) {
        return new TopicPartition("commands", partition);
    }
}
