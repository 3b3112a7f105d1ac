package io.preservarium.pusher.operator.command.progress;

import io.preservarium.pusher.journal.records.RecordPlace;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each partition of the status topic is written back: up to the oldest record that still waits for its
 * resource's status. Records finish in any order.
 */
public final class HandledOffsets {

    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, TreeMap<Long, Integer>> open = new HashMap<>();

    /** The record was read and wakes so many resources; none means it is done with. */
    public synchronized void read(RecordPlace place, int resources) {
        next.merge(place.topicPartition(), place.offset() + 1, Math::max);
        if (resources > 0) {
            open.computeIfAbsent(place.topicPartition(), partition -> new TreeMap<>())
                    .merge(place.offset(), resources, Integer::sum);
        }
    }

    /** One of those resources is written. */
    public synchronized void done(RecordPlace place) {
        TreeMap<Long, Integer> offsets = open.getOrDefault(place.topicPartition(), new TreeMap<>());
        offsets.computeIfPresent(place.offset(), (offset, count) -> count == 1 ? null : count - 1);
    }

    public synchronized Map<TopicPartition, OffsetAndMetadata> committable() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        next.forEach((partition, end) -> {
            TreeMap<Long, Integer> waiting = open.getOrDefault(partition, new TreeMap<>());
            offsets.put(partition, new OffsetAndMetadata(waiting.isEmpty() ? end : waiting.firstKey()));
        });
        return offsets;
    }
}
