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
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main consumer, over a real Kafka: a backlog was fetched, and only then something urgent is written. */
@ExtendWith(KafkaClusterExtension.class)
class NotingClientsTest {

    private static final int BACKLOG = 2_000;
    private static final int AT_ONCE = 10;

    static KafkaCluster cluster;

    private final TopicPartition backlog = new TopicPartition("backlog-" + UUID.randomUUID(), 0);
    private final TopicPartition other = new TopicPartition(backlog.topic(), 1);
    private final TopicPartition urgent = new TopicPartition("urgent-" + UUID.randomUUID(), 0);
    private final Map<TopicPartition, Long> pauses = new HashMap<>();
    private final List<Long> behind = new ArrayList<>();
    private Admin admin;
    private org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    /** Does something within a poll, as Kafka Streams does when that poll brings a new assignment. */
    public static final class WithinPoll implements ConsumerInterceptor<byte[], byte[]> {

        static Consumer<ConsumerRecords<byte[], byte[]>> action = records -> {};

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            action.accept(records);
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            // Nothing is committed.
        }

        @Override
        public void configure(Map<String, ?> settings) {
            // Nothing to set.
        }

        @Override
        public void close() {
            action = records -> {};
        }
    }

    @BeforeEach
    void readTheFirstOfTheBacklog() throws Exception {
        admin = Admin.create(cluster.getKafkaClientConfiguration());
        admin.createTopics(List.of(
                        new NewTopic(backlog.topic(), 2, (short) 1), new NewTopic(urgent.topic(), 1, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
        Map<String, Object> settings = new HashMap<>(cluster.getKafkaClientConfiguration());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "reader");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "reader-" + UUID.randomUUID());
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, AT_ONCE);
        // As Kafka Streams has it, which looks after partitions without a committed offset itself.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, WithinPoll.class.getName());
        consumer = new NotingClients(new ReadPositions(), Set.of(urgent.topic()), new NotingClients.Pace() {
                    @Override
                    public long takePause(TopicPartition partition) {
                        return pauses.getOrDefault(partition, 0L);
                    }

                    @Override
                    public void behind(Object reader, long records) {
                        behind.add(records);
                    }
                })
                .getConsumer(settings);
        write(backlog, BACKLOG);
        List<TopicPartition> all = List.of(urgent, backlog, other);
        consumer.assign(all);
        consumer.seekToBeginning(all);
        assertThat(read(AT_ONCE)).containsOnly(backlog);
    }

    @AfterEach
    void stop() {
        consumer.close();
        admin.close();
    }

    @Test
    void anUrgentRecordIsReadBeforeTheRestOfTheBacklog() throws Exception {
        write(urgent, 1);
        assertThat(read(BACKLOG + 1 - AT_ONCE)).contains(urgent).last().isEqualTo(backlog);
    }

    @Test
    void whatTheReaderHasPausedStaysPaused() throws Exception {
        consumer.pause(List.of(backlog));
        write(urgent, 1);
        assertThat(read(1)).containsExactly(urgent);
        assertThat(consumer.paused()).containsExactly(backlog);
    }

    @Test
    void whatIsPausedWithinTheUrgentPollStaysPaused() throws Exception {
        WithinPoll.action = records -> {
            if (!records.records(urgent).isEmpty()) {
                consumer.pause(List.of(backlog));
            }
        };
        write(urgent, 1);
        List<TopicPartition> read = new ArrayList<>();
        while (!read.contains(urgent) && read.size() < BACKLOG) {
            read.addAll(read(1));
        }
        assertThat(read).contains(urgent);
        assertThat(consumer.paused()).containsExactly(backlog);
    }

    @Test
    void duringAPauseEverythingElseIsRead() throws Exception {
        pauses.put(backlog, TimeUnit.MINUTES.toNanos(10));
        write(urgent, 1);
        write(other, 1);
        assertThat(read(2)).containsExactlyInAnyOrder(urgent, other);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void afterAPauseTheRestIsRead() throws Exception {
        long start = System.nanoTime();
        long pause = TimeUnit.MILLISECONDS.toNanos(500);
        pauses.put(backlog, pause);
        consumer.poll(Duration.ZERO);
        pauses.clear();
        assertThat(read(AT_ONCE)).containsOnly(backlog);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(pause);
    }

    @Test
    void saysHowMuchOfTheBacklogIsStillToBeRead() throws Exception {
        write(urgent, 100);
        read(BACKLOG + 100 - AT_ONCE);
        assertThat(behind).contains((long) BACKLOG - AT_ONCE);
        consumer.poll(Duration.ZERO);
        assertThat(behind).last().isEqualTo(0L);
    }

    @Test
    void whatPausesIsNotBehind() {
        pauses.put(backlog, TimeUnit.MINUTES.toNanos(10));
        consumer.poll(Duration.ZERO);
        consumer.poll(Duration.ZERO);
        assertThat(behind).last().isEqualTo(0L);
    }

    @Test
    void aReaderThatIsClosedIsNotBehind() {
        consumer.poll(Duration.ZERO);
        assertThat(behind).last().isNotEqualTo(0L);
        consumer.close();
        assertThat(behind).last().isEqualTo(0L);
    }

    /** Every empty topic is one, and each rebalance may bring its partition. */
    @Test
    void aPartitionThatWasNeverCommittedCostsNoRecordOfAnother() throws Exception {
        TopicPartition never = new TopicPartition("never-committed-" + UUID.randomUUID(), 0);
        admin.createTopics(List.of(new NewTopic(never.topic(), 1, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
        consumer.committed(Set.of(backlog));
        write(urgent, 1);
        read(1);
        consumer.assign(List.of(backlog, never));
        long next = consumer.position(backlog);
        List<Long> offsets = new ArrayList<>();
        // Until the broker has said that there is no offset, a poll gives out what was fetched before.
        WithinPoll.action = records -> pauseFor(Duration.ofMillis(200));
        boolean isTold = false;
        for (int polls = 0; polls < 100 && !(isTold && offsets.size() >= AT_ONCE); polls++) {
            try {
                consumer.poll(Duration.ZERO).forEach(record -> offsets.add(record.offset()));
            } catch (InvalidOffsetException e) {
                assertThat(e.partitions()).containsExactly(never);
                consumer.seekToBeginning(e.partitions());
                isTold = true;
            }
        }
        assertThat(isTold).isTrue();
        assertThat(offsets).hasSizeGreaterThanOrEqualTo(AT_ONCE).startsWith(next);
        for (int i = 1; i < offsets.size(); i++) {
            assertThat(offsets.get(i)).isEqualTo(offsets.get(i - 1) + 1);
        }
    }

    private static void pauseFor(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the records stood, in the order of reading. */
    private List<TopicPartition> read(int count) throws Exception {
        List<TopicPartition> read = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (read.size() < count && System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(10))
                    .forEach(record -> read.add(new TopicPartition(record.topic(), record.partition())));
            // Gives the next fetch as much time as the broker needs to answer.
            EndOffsets.committed(admin, List.of(urgent)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        return read;
    }

    private static void write(TopicPartition partition, int count) throws Exception {
        Map<String, Object> settings = new HashMap<>(cluster.getKafkaClientConfiguration());
        // A broker that does not lead a new partition yet may refuse the first batch and take the one behind it.
        // It never takes the first after that.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                sent.add(producer.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), new byte[0], new byte[100])));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
    }
}
