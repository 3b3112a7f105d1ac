package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main consumer, over a real Kafka. */
@ExtendWith(KafkaClusterExtension.class)
class NotingClientsTest {

    private static final int BACKLOG = 2_000;
    private static final int AT_ONCE = 10;

    static KafkaCluster cluster;

    private final String backlog = "backlog-" + UUID.randomUUID();
    private final String urgent = "urgent-" + UUID.randomUUID();

    @Test
    void anUrgentRecordIsReadBeforeABacklogThatWasFetchedBefore() throws Exception {
        List<String> read = readBacklogWithAnUrgentRecordAfterTheFirstPoll();

        assertThat(read).hasSize(BACKLOG + 1).last().isEqualTo(backlog);
    }

    @Test
    void theBacklogHasItsTurnBetweenUrgentRecords() throws Exception {
        Map<String, Object> client = cluster.getKafkaClientConfiguration();
        try (Admin admin = Admin.create(client);
                Consumer<byte[], byte[]> consumer = consumer(10_000)) {
            create(admin);
            write(urgent, 500);
            write(backlog, 500);
            consumer.assign(List.of(new TopicPartition(urgent, 0), new TopicPartition(backlog, 0)));
            List<String> read = readAll(consumer, admin, 1_000);

            assertThat(read.subList(0, 500)).contains(urgent, backlog);
        }
    }

    @Test
    void whatTheReaderPausedStaysPausedAfterAnUrgentPoll() throws Exception {
        Map<String, Object> client = cluster.getKafkaClientConfiguration();
        try (Admin admin = Admin.create(client);
                Consumer<byte[], byte[]> consumer = consumer(1_000_000)) {
            create(admin);
            write(backlog, 50);
            write(urgent, 50);
            TopicPartition paused = new TopicPartition(backlog, 0);
            consumer.assign(List.of(new TopicPartition(urgent, 0), paused));
            consumer.pause(List.of(paused));
            assertThat(readAll(consumer, admin, 50)).containsOnly(urgent);
            assertThat(consumer.paused()).containsExactly(paused);

            consumer.resume(List.of(paused));
            assertThat(readAll(consumer, admin, 50)).containsOnly(backlog);
        }
    }

    private List<String> readBacklogWithAnUrgentRecordAfterTheFirstPoll() throws Exception {
        Map<String, Object> client = cluster.getKafkaClientConfiguration();
        try (Admin admin = Admin.create(client);
                Consumer<byte[], byte[]> consumer = consumer(1_000_000)) {
            create(admin);
            write(backlog, BACKLOG);
            consumer.assign(List.of(new TopicPartition(urgent, 0), new TopicPartition(backlog, 0)));
            List<String> read = readAll(consumer, admin, AT_ONCE);
            write(urgent, 1);
            read.addAll(readAll(consumer, admin, BACKLOG + 1 - read.size()));
            return read;
        }
    }

    /** The topics of the records, in the order of reading. */
    private List<String> readAll(Consumer<byte[], byte[]> consumer, Admin admin, int count) throws Exception {
        List<String> read = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (read.size() < count && System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(10)).forEach(record -> read.add(record.topic()));
            // Gives the next fetch as much time as the broker needs to answer.
            EndOffsets.committed(admin, List.of(new TopicPartition(urgent, 0)))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
        return read;
    }

    private void create(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic(backlog, 1, (short) 1), new NewTopic(urgent, 1, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private static void write(String topic, int count) {
        Map<String, Object> settings = new HashMap<>(cluster.getKafkaClientConfiguration());
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int n = 0; n < count; n++) {
                var unused = producer.send(new ProducerRecord<>(topic, 0, new byte[0], new byte[100]));
            }
        }
    }

    private Consumer<byte[], byte[]> consumer(int fetchedOfAPartition) {
        Map<String, Object> settings = new HashMap<>(cluster.getKafkaClientConfiguration());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "reader");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "reader-" + UUID.randomUUID());
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, AT_ONCE);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchedOfAPartition);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new NotingClients(new ReadPositions(), Set.of(urgent)).getConsumer(settings);
    }
}
