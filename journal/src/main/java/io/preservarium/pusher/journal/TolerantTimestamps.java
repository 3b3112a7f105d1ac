package io.preservarium.pusher.journal;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of a record as its producer gave it, and 0 where that is negative: Kafka Streams' own extractor ends the
 * stream thread for such a record, and its successor meets the same one. What 0 means is {@link
 * io.preservarium.pusher.journal.records.RecordTime}'s to say.
 */
public final class TolerantTimestamps implements TimestampExtractor {

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
