package io.preservarium.pusher.delivery.schedule;

import java.time.Instant;

/**
 * One moment by both clocks. Deadlines that people set count by the wall clock; how long something takes counts by the
 * monotonic one, which no clock step moves.
 *
 * @param nanos of {@link System#nanoTime()}
 */
record Now(Instant wall, long nanos) {

    boolean isBefore(long otherNanos) {
        return nanos - otherNanos < 0;
    }
}
