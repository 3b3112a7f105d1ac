package io.preservarium.pusher.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each partition of the status topic is written back: up to the oldest record that still waits for its
 * resource's status. Records finish in any order.
 */
final class ReadOffsets {

    /** Where a record stands. */
    record Position(TopicPartition partition, long offset) {}

    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, TreeMap<Long, Integer>> open = new HashMap<>();

    /** The record was read and wakes so many resources; none means it is done with. */
    synchronized void read(Position position, int resources) {
        next.merge(position.partition(), position.offset() + 1, Math::max);
        if (resources > 0) {
            open.computeIfAbsent(position.partition(), partition -> new TreeMap<>())
                    .merge(position.offset(), resources, Integer::sum);
        }
    }

    /** One of those resources is written. */
    synchronized void done(Position position) {
        TreeMap<Long, Integer> offsets = open.getOrDefault(position.partition(), new TreeMap<>());
        offsets.computeIfPresent(position.offset(), (offset, count) -> count == 1 ? null : count - 1);
    }

    synchronized Map<TopicPartition, OffsetAndMetadata> committable() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        next.forEach((partition, end) -> {
            TreeMap<Long, Integer> waiting = open.getOrDefault(partition, new TreeMap<>());
            offsets.put(partition, new OffsetAndMetadata(waiting.isEmpty() ? end : waiting.firstKey()));
        });
        return offsets;
    }
}
