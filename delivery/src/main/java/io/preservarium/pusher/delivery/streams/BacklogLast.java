package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.delivery.DeliveryConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The order of reading: Kafka Streams takes the record of the lowest time first, so events and cancellations count as
 * older than any command, and a backlog of commands does not delay what is in the book already. No time stops the reader.
 */
final class BacklogLast implements TimestampExtractor {

    private final DeliveryConfig.Topics topics;

    BacklogLast(DeliveryConfig.Topics topics) {
        this.topics = topics;
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.topic().equals(topics.commands()) ? Math.max(0, record.timestamp()) : 0;
    }
}
