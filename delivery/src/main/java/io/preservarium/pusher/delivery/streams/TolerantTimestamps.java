package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.delivery.DeliveryConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of a record, never a reason to stop. Kafka Streams reads the record of the lowest time first: events and
 * cancellations count as older than any command, so that a backlog of commands does not delay what is in the book already.
 */
final class TolerantTimestamps implements TimestampExtractor {

    /** 2020-01-01. No device was told anything by this service before. */
    private static final long EARLIEST_BELIEVED = 1_577_836_800_000L;

    private static final long LATEST_AHEAD = 86_400_000L;

    private final DeliveryConfig.Topics topics;
    private final java.time.Clock clock;

    TolerantTimestamps(DeliveryConfig.Topics topics, java.time.Clock clock) {
        this.topics = topics;
        this.clock = clock;
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        if (!record.topic().equals(topics.commands())) {
            return 0;
        }
        long now = clock.millis();
        long time = record.timestamp();
        return time < EARLIEST_BELIEVED || time > now + LATEST_AHEAD ? now : time;
    }
}
