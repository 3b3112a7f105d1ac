package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

    @TempDir
    private Path folder;

    private final Ports ports = FreePorts.find();

    @Test
    void recordsAreFoundAgainAfterARestart() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder, ports)) {
            kafka.start();
            assertThat(KafkaTopics.create(kafka.bootstrapServers())).isEqualTo(9);
            assertThat(KafkaTopics.create(kafka.bootstrapServers())).isZero();
            keptLongerThanTheLongestCommand(kafka);
            produce(kafka, "282c02424eed", "first");
        }
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder, ports)) {
            kafka.start();
            assertThat(KafkaTopics.create(kafka.bootstrapServers())).isZero();
            produce(kafka, "282c02424eed", "second");
            assertThat(consume(kafka, 2)).containsExactly("first", "second");
        }
    }

    private static void keptLongerThanTheLongestCommand(EmbeddedKafka kafka) throws Exception {
        ConfigResource commands = new ConfigResource(ConfigResource.Type.TOPIC, Topics.COMMANDS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.describeTopics(List.of(Topics.COMMANDS))
                            .allTopicNames()
                            .get()
                            .get(Topics.COMMANDS)
                            .partitions())
                    .hasSize(8);
            String retention = admin.describeConfigs(List.of(commands))
                    .all()
                    .get()
                    .get(commands)
                    .get("retention.ms")
                    .value();
            assertThat(Duration.ofMillis(Long.parseLong(retention))).isEqualTo(Duration.ofDays(32));
        }
    }

    private static void produce(EmbeddedKafka kafka, String key, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.COMMANDS, key, value)).get();
        }
    }

    private static List<String> consume(EmbeddedKafka kafka, int expected) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "group.id",
                        "test",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(Topics.COMMANDS));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < expected && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofMillis(200))) {
                    values.add(found.value());
                }
            }
        }
        return values;
    }
}
