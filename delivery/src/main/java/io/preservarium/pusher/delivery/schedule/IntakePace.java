package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.journal.NotingClients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * How commands are read. The reading of a command partition in which far more comes for a device than may wait is slowed
 * down as long as devices call: refusing is work too, and the processors are shared. While many commands are still to be
 * read, work that can wait lets the reading go first. Safe for use by several threads.
 */
public final class IntakePace implements NotingClients.Pace {

    /** Leaves most of a core to the answers, and refuses about a thousand commands a second. */
    private static final long PAUSE_PER_REFUSED = Duration.ofMillis(1).toNanos();

    /** Other devices of the partition get their new commands between two pauses. */
    private static final long LONGEST_PAUSE = Duration.ofMillis(250).toNanos();

    /** Devices call one after the other: who asked just now is followed by the next. */
    private static final long CALLS_GO_ON = Duration.ofMillis(100).toNanos();

    /** More than a running service is behind when all is well. */
    private static final long BACKLOG = 2_000;

    private final String commandTopic;
    private final LongSupplier nanoTime;
    private final Map<Object, Long> behind = new ConcurrentHashMap<>();
    private final AtomicInteger openAnswers = new AtomicInteger();
    private volatile long lastAnswered;
    private final Map<Integer, Long> pauses = new ConcurrentHashMap<>();

    public IntakePace(String commandTopic, LongSupplier nanoTime) {
        this.commandTopic = commandTopic;
        this.nanoTime = nanoTime;
        this.lastAnswered = nanoTime.getAsLong() - CALLS_GO_ON;
    }

    /** A device asks what there is for it. */
    void asked() {
        openAnswers.incrementAndGet();
    }

    /** A device that asked has its answer, or will get none. */
    void answered() {
        lastAnswered = nanoTime.getAsLong();
        openAnswers.decrementAndGet();
    }

    /** A command of this partition was refused, because as many wait for its device as may. */
    void refused(int partition) {
        if (openAnswers.get() > 0 || nanoTime.getAsLong() - lastAnswered < CALLS_GO_ON) {
            pauses.merge(partition, PAUSE_PER_REFUSED, (before, more) -> Math.min(before + more, LONGEST_PAUSE));
        }
    }

    /** Commands that nobody can hand out yet wait to be read. */
    boolean hasBacklog() {
        long records = 0;
        for (long each : behind.values()) {
            records += each;
        }
        return records > BACKLOG;
    }

    @Override
    public long takePause(TopicPartition partition) {
        Long pause = pauses.isEmpty() || !partition.topic().equals(commandTopic)
                ? null
                : pauses.remove(partition.partition());
        return pause == null ? 0 : pause;
    }

    @Override
    public void behind(Object reader, long records) {
        if (records == 0) {
            behind.remove(reader);
        } else {
            behind.put(reader, records);
        }
    }
}
