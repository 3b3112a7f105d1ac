package io.preservarium.pusher.delivery.schedule;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Slows the reading of a command partition down in which far more comes for a device than may wait, as long as devices
 * wait for answers: refusing is work too, and the processors are shared. Safe for use by several threads.
 */
public final class IntakePace {

    /** Leaves most of a core to the answers, and refuses about a thousand commands a second. */
    private static final long PAUSE_PER_REFUSED = Duration.ofMillis(1).toNanos();

    /** Other devices of the partition get their new commands between two pauses. */
    private static final long LONGEST_PAUSE = Duration.ofMillis(250).toNanos();

    private final AtomicInteger openAnswers = new AtomicInteger();
    private final Map<Integer, Long> pauses = new ConcurrentHashMap<>();

    /** A device asks what there is for it. */
    void asked() {
        openAnswers.incrementAndGet();
    }

    /** A device that asked has its answer, or will get none. */
    void answered() {
        openAnswers.decrementAndGet();
    }

    /** A command of this partition was refused, because as many wait for its device as may. */
    void refused(int partition) {
        if (openAnswers.get() > 0) {
            pauses.merge(partition, PAUSE_PER_REFUSED, (before, more) -> Math.min(before + more, LONGEST_PAUSE));
        }
    }

    /** Nanoseconds for which no more commands are to be read from this partition; each pause is told once. */
    public long takePause(int partition) {
        Long pause = pauses.isEmpty() ? null : pauses.remove(partition);
        return pause == null ? 0 : pause;
    }
}
