package io.preservarium.pusher.journal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each partition has been read, so that a reader can wait for what was written before it asked. A consumer
 * position alone runs ahead of the store, and the last stored record alone falls behind an end of transaction markers.
 */
public final class ReadPositions {

    private static final class Progress {
        private final Object reader;
        private long position;
        private long lastFetched = -1;
        private long lastStored = -1;

        private Progress(Object reader) {
            this.reader = reader;
        }

        private long readUpTo() {
            return lastStored >= lastFetched ? position : lastStored + 1;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<TopicPartition, Progress> partitions = new HashMap<>();
    private int waiting;

    /** {@code reader} is at {@code position}; {@code lastFetched} is the last record it got and has yet to store, or -1 for none. */
    public void fetched(Object reader, TopicPartition partition, long position, long lastFetched) {
        lock.lock();
        try {
            Progress progress = partitions.compute(
                    partition,
                    (key, known) -> known == null || !known.reader.equals(reader) || position < known.position
                            // Another assignment, or told to read again: what was stored before says nothing.
                            ? new Progress(reader)
                            : known);
            progress.position = position;
            progress.lastFetched = Math.max(progress.lastFetched, lastFetched);
            signal();
        } finally {
            lock.unlock();
        }
    }

    /** {@code reader} has these partitions and no others. */
    public void assigned(Object reader, Set<TopicPartition> assignment) {
        lock.lock();
        try {
            partitions
                    .entrySet()
                    .removeIf(entry -> entry.getValue().reader.equals(reader) && !assignment.contains(entry.getKey()));
        } finally {
            lock.unlock();
        }
    }

    /** {@code reader} gets or gives up these partitions: how far it was does not say how far it will be. */
    public void forget(Object reader, Collection<TopicPartition> gone) {
        lock.lock();
        try {
            gone.forEach(partition ->
                    partitions.computeIfPresent(partition, (key, known) -> known.reader.equals(reader) ? null : known));
        } finally {
            lock.unlock();
        }
    }

    /** The store holds what the record at this offset said. */
    public void stored(TopicPartition partition, long offset) {
        lock.lock();
        try {
            Progress progress = partitions.get(partition);
            if (progress != null) {
                progress.lastStored = offset;
                signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        if (waiting > 0) {
            moved.signalAll();
        }
    }

    /** Whether everything before these offsets is in the store. */
    public boolean reached(Map<TopicPartition, Long> offsets) {
        lock.lock();
        try {
            return offsets.entrySet().stream().allMatch(wanted -> {
                Progress progress = partitions.get(wanted.getKey());
                return progress != null && progress.readUpTo() >= wanted.getValue();
            });
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #reached}, at most so long. */
    public boolean await(Map<TopicPartition, Long> offsets, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            waiting++;
            while (!reached(offsets)) {
                if (left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            waiting--;
            lock.unlock();
        }
    }
}
