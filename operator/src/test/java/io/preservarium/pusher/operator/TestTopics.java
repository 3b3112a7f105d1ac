package io.preservarium.pusher.operator;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What stands in the topics, read from end to end at each question, and the connector's part played by hand. */
public final class TestTopics implements AutoCloseable {

    private final String bootstrap;
    private final KafkaProducer<byte[], byte[]> producer;

    public TestTopics(String bootstrap) {
        this.bootstrap = bootstrap;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    public void happened(StatusEvent event) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.STATUS, event.deviceId().value().getBytes(StandardCharsets.UTF_8), StatusJson.write(event));
        record.headers().add(Headers.REQUEST_ID, event.requestId().value().getBytes(StandardCharsets.UTF_8));
        try {
            producer.send(record).get();
        } catch (Exception e) {
            throw new IllegalStateException("a status event can be sent", e);
        }
    }

    public List<ConsumerRecord<byte[], byte[]>> commands() {
        return all(Topics.COMMANDS);
    }

    public List<ConsumerRecord<byte[], byte[]>> commands(String requestId) {
        return commands().stream()
                .filter(record -> header(record, Headers.REQUEST_ID).equals(requestId))
                .toList();
    }

    /** What the command says that came first under this id. */
    public String digest(String requestId) {
        ConsumerRecord<byte[], byte[]> record = commands(requestId).getFirst();
        CommandJson.Read read = CommandJson.readRecord(
                record.value(), new RequestId("absent"), Instant.ofEpochMilli(record.timestamp()), ExpiryRule.STANDARD);
        return CommandDigest.of(((CommandJson.Read.Valid) read).command()).hex();
    }

    public List<Cancellation> cancellations(String requestId) {
        return all(Topics.CANCELLATIONS).stream()
                .map(record -> CancellationJson.read(record.value(), Instant.ofEpochMilli(record.timestamp()))
                        .ifValid()
                        .orElseThrow())
                .filter(cancellation -> cancellation.requestId().value().equals(requestId))
                .toList();
    }

    public List<StatusEvent> statusEvents(String requestId) {
        return all(Topics.STATUS).stream()
                .map(record -> StatusJson.read(record.value()).ifValid().orElseThrow())
                .filter(event -> event.requestId().value().equals(requestId))
                .toList();
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Records of the status topic that the operator has not committed yet. */
    public long uncommitted() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
                KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            var committed = admin.listConsumerGroupOffsets("pusher-operator")
                    .partitionsToOffsetAndMetadata()
                    .get();
            return consumer.endOffsets(partitions(Topics.STATUS)).entrySet().stream()
                    .mapToLong(end -> end.getValue()
                            - (committed.get(end.getKey()) == null
                                    ? 0
                                    : committed.get(end.getKey()).offset()))
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException("offsets can be read", e);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            }
        }
        return records;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, TestKafka.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    @Override
    public void close() {
        producer.close();
    }
}
