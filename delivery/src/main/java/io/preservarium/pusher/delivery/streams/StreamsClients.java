package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.delivery.book.HeldBooks;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients of Kafka Streams, with the main consumer telling after each poll under which member id it is in the group
 * and how far it has come; records alone do not tell that where a transaction's markers stand at a partition's end.
 */
final class StreamsClients implements KafkaClientSupplier {

    private final HeldBooks books;
    private final Map<String, String> memberIds = new ConcurrentHashMap<>();

    StreamsClients(HeldBooks books) {
        this.books = books;
    }

    /** The member ids of this process; an empty one belongs to a consumer that has not joined. */
    Collection<String> memberIds() {
        return List.copyOf(memberIds.values());
    }

    private final class MainConsumer extends KafkaConsumer<byte[], byte[]> {

        private final String name;

        MainConsumer(Map<String, Object> config, String name) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.name = name;
            memberIds.put(name, "");
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
            memberIds.put(name, groupMetadata().memberId());
            for (TopicPartition partition : records.partitions()) {
                List<?> polled = records.records(partition);
                if (!polled.isEmpty()) {
                    books.polled(
                            partition,
                            records.records(partition).get(polled.size() - 1).offset());
                }
            }
            for (TopicPartition partition : assignment()) {
                try {
                    books.position(partition, position(partition, Duration.ofMillis(1)));
                } catch (TimeoutException notKnownYet) {
                    // The next poll knows more.
                }
            }
            return records;
        }

        @Override
        public void close() {
            memberIds.remove(name);
            super.close();
        }
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
        return new MainConsumer(config, String.valueOf(config.get(ConsumerConfig.CLIENT_ID_CONFIG)));
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return plain(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return plain(config);
    }

    private static Consumer<byte[], byte[]> plain(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
