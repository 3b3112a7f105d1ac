package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Following whole topics over a real Kafka. */
@ExtendWith(KafkaClusterExtension.class)
class TopicFollowerTest {

    private static final int PARTITIONS = 3;

    static KafkaCluster cluster;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Seen seen = new Seen();
    private String topic;

    /** Notes what a follower tells, and throws or skips where the record's text says so. */
    private static final class Seen implements TopicFollower.Handler, TopicFollower.Listener {
        private final Queue<String> records = new ConcurrentLinkedQueue<>();
        private final Queue<String> told = new ConcurrentLinkedQueue<>();
        private final AtomicInteger atCatchUp = new AtomicInteger(-1);

        @Override
        public TopicFollower.Outcome handle(KafkaRecord record) {
            String text = new String(record.value(), StandardCharsets.UTF_8);
            switch (text) {
                case "throw" -> throw new IllegalStateException("no use");
                case "overflow" -> throw new StackOverflowError();
                case "skip" -> {
                    return new TopicFollower.Outcome.Skipped("of no use");
                }
                default -> records.add(text);
            }
            return new TopicFollower.Outcome.Taken();
        }

        @Override
        public void caughtUp() {
            atCatchUp.compareAndSet(-1, records.size());
        }

        @Override
        public void away(String why) {
            told.add("away");
        }

        @Override
        public void back() {
            told.add("back");
        }

        @Override
        public void skipped(RecordPlace place, String why) {
            told.add("skipped: " + why);
        }

        @Override
        public void failed(String step, Throwable failure) {
            told.add("failed: " + step);
        }
    }

    @BeforeEach
    void makeTopic() throws Exception {
        topic = "t-" + UUID.randomUUID();
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void aMisbehavingHandlerStopsNeitherTheReadingNorTheCatchingUp() throws Exception {
        KafkaProducer<byte[], byte[]> producer = producer(Map.of());
        for (String text : List.of("a", "throw", "overflow", "skip", "b")) {
            send(producer, 0, text);
        }
        TopicFollower follower = follow();
        await().until(follower::isCaughtUp);
        send(producer, 0, "c");
        await().untilAsserted(() -> assertThat(seen.records).containsExactly("a", "b", "c"));
        assertThat(seen.told)
                .containsExactly(
                        "failed: record " + topic + "-0-1", "failed: record " + topic + "-0-2", "skipped: of no use");
        assertThat(seen.atCatchUp).hasValue(2);
    }

    @Test
    void abortedRecordsAreNeverReadAndMarkersAtTheEndsHoldNobodyUp() throws Exception {
        KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", topic));
        producer.initTransactions();
        producer.beginTransaction();
        send(producer, 0, "aborted");
        producer.abortTransaction();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            producer.beginTransaction();
            send(producer, partition, "committed");
            producer.commitTransaction();
        }
        producer.beginTransaction();
        send(producer, 1, "aborted");
        producer.abortTransaction();

        TopicFollower follower = follow();
        await().until(follower::isCaughtUp);
        assertThat(seen.records).containsExactly("committed", "committed", "committed");
        assertThat(follower.trouble()).isEmpty();
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            List<TopicPartition> all = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            Map<TopicPartition, Long> ends =
                    EndOffsets.committed(admin, all).toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(ends).containsEntry(all.get(0), 4L).containsEntry(all.get(1), 4L);
            assertThat(follower.positions().await(ends, Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void anOpenTransactionHoldsUpNobodysCatchingUp() throws Exception {
        KafkaProducer<byte[], byte[]> plain = producer(Map.of());
        send(plain, 0, "a");
        KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", topic));
        producer.initTransactions();
        producer.beginTransaction();
        send(producer, 0, "open");
        producer.flush();

        TopicFollower follower = follow();
        await().until(follower::isCaughtUp);
        assertThat(seen.records).containsExactly("a");
        producer.commitTransaction();
        await().untilAsserted(() -> assertThat(seen.records).containsExactly("a", "open"));
    }

    @Test
    void aMissingTopicIsSaidOnceAndItsComingOnce() throws Exception {
        String later = "later-" + UUID.randomUUID();
        TopicFollower follower = follow(later);
        await().until(() -> seen.told.contains("away"));
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            admin.createTopics(List.of(new NewTopic(later, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        await().atMost(Duration.ofSeconds(30)).until(follower::isCaughtUp);
        assertThat(seen.told).containsExactly("away", "back");
    }

    private TopicFollower follow() {
        return follow(topic);
    }

    private TopicFollower follow(String name) {
        TopicFollower follower = TopicFollower.start(
                settings(),
                new TopicFollower.Plan(
                        "test-follower", List.of(name), new TopicFollower.Start.Beginning(), Duration.ofMillis(100)),
                seen,
                seen);
        opened.add(follower);
        return follower;
    }

    private static KafkaSettings settings() {
        return KafkaSettings.of(cluster.getKafkaClientConfiguration());
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(cluster.getKafkaClientConfiguration());
        all.putAll(own);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        opened.add(producer);
        return producer;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition, String text) throws Exception {
        producer.send(new ProducerRecord<>(topic, partition, new byte[0], text.getBytes(StandardCharsets.UTF_8)))
                .get(30, TimeUnit.SECONDS);
    }
}
