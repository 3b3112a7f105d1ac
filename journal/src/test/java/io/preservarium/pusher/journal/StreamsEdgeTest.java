package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordTime;
import io.preservarium.pusher.journal.store.StoreMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams with the settings of this module, over a real Kafka. */
@ExtendWith(KafkaClusterExtension.class)
class StreamsEdgeTest {

    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    static KafkaCluster cluster;

    @TempDir
    Path folder;

    private final Queue<String> read = new ConcurrentLinkedQueue<>();
    private final Queue<RecordTime> times = new ConcurrentLinkedQueue<>();
    private final ReadPositions positions = new ReadPositions();

    /** The Java producer refuses a negative time, other clients do not. */
    private static final class Timeless extends ProducerRecord<byte[], byte[]> {
        private Timeless(String topic, String text) {
            super(topic, 0, new byte[0], text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Long timestamp() {
            return -1L;
        }
    }

    @Test
    void negativeTimesKillNoThreadAbortedRecordsAreNotReadAndMarkersHoldNobodyUp() throws Exception {
        String topic = "t-" + UUID.randomUUID();
        Map<String, Object> client = new HashMap<>(cluster.getKafkaClientConfiguration());
        AtomicInteger dead = new AtomicInteger();
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
            client.put("transactional.id", topic);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new Timeless(topic, "without a time"));
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, "aborted".getBytes(StandardCharsets.UTF_8)));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(
                        topic, 0, NOW.toEpochMilli(), new byte[0], "last".getBytes(StandardCharsets.UTF_8)));
                producer.commitTransaction();
            }
            try (KafkaStreams streams = streams(topic)) {
                streams.setUncaughtExceptionHandler(failure -> {
                    dead.incrementAndGet();
                    return StreamThreadExceptionResponse.REPLACE_THREAD;
                });
                streams.start();
                TopicPartition partition = new TopicPartition(topic, 0);
                Map<TopicPartition, Long> ends = EndOffsets.committed(admin, List.of(partition))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
                assertThat(ends).containsEntry(partition, 6L);
                await().atMost(Duration.ofSeconds(60)).until(() -> dead.get() > 0 || positions.reached(ends));
            }
        }
        assertThat(dead).hasValue(0);
        assertThat(read).containsExactly("without a time", "last");
        assertThat(times.poll()).satisfies(time -> {
            assertThat(time.at()).isEqualTo(NOW);
            assertThat(time.doubt()).isPresent();
        });
        assertThat(times.poll()).satisfies(time -> assertThat(time.doubt()).isEmpty());
    }

    private KafkaStreams streams(String topic) {
        Topology topology = new Topology();
        topology.addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
        topology.addProcessor(
                "read",
                () -> new ContextualProcessor<byte[], byte[], byte[], byte[]>() {
                    @Override
                    public void process(Record<byte[], byte[]> record) {
                        KafkaRecord found = KafkaRecord.of(
                                record, context().recordMetadata().orElseThrow());
                        read.add(new String(found.value(), StandardCharsets.UTF_8));
                        times.add(RecordTime.of(found.timestamp(), NOW));
                        positions.stored(
                                found.place().topicPartition(), found.place().offset());
                    }
                },
                "in");
        Properties settings = new Properties();
        settings.putAll(KafkaSettings.of(cluster.getKafkaClientConfiguration())
                .streams(
                        topic,
                        "streams",
                        Map.of(
                                StreamsConfig.STATE_DIR_CONFIG,
                                folder.toString(),
                                StreamsConfig.consumerPrefix("auto.offset.reset"),
                                "earliest",
                                StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
                                StoreMemory.class)));
        return new KafkaStreams(topology, new StreamsConfig(settings), new NotingClients(positions));
    }
}
