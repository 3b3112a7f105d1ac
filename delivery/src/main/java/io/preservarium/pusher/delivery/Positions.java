package io.preservarium.pusher.delivery;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Which partitions this process holds, and how far it has read each of their topics. */
final class Positions {

    /** A partition held since {@code generation}; the number changes with every assignment. */
    record Assignment(int partition, long generation) {}

    private final Map<Integer, Assignment> held = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private long generations;

    synchronized void assigned(int partition) {
        next.keySet().removeIf(topic -> topic.partition() == partition);
        held.put(partition, new Assignment(partition, ++generations));
    }

    synchronized void revoked(int partition) {
        held.remove(partition);
    }

    void passed(RecordMetadata record) {
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    /** The offset of the next record to read, once one was read since the assignment. */
    Optional<Long> next(TopicPartition partition) {
        return Optional.ofNullable(next.get(partition));
    }

    Optional<Assignment> of(int partition) {
        return Optional.ofNullable(held.get(partition));
    }

    Set<Assignment> held() {
        return Set.copyOf(held.values());
    }
}
