package io.preservarium.pusher.journal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** The usual clients of Kafka Streams, but the main consumer notes how far it is, past transaction markers too. */
public final class NotingClients implements KafkaClientSupplier {

    private final ReadPositions positions;

    public NotingClients(ReadPositions positions) {
        this.positions = positions;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new NotingConsumer(config, positions);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static final class NotingConsumer extends KafkaConsumer<byte[], byte[]> {

        private final ReadPositions positions;

        private NotingConsumer(Map<String, Object> config, ReadPositions positions) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.positions = positions;
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
            Set<TopicPartition> assignment = assignment();
            positions.assigned(this, assignment);
            for (TopicPartition partition : assignment) {
                note(partition, records);
            }
            return records;
        }

        private void note(TopicPartition partition, ConsumerRecords<byte[], byte[]> records) {
            long last = -1;
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                last = record.offset();
            }
            try {
                positions.fetched(this, partition, position(partition, Duration.ZERO), last);
            } catch (TimeoutException e) {
                // No position yet, so nothing was fetched either; the next poll will know.
                return;
            }
        }
    }
}
