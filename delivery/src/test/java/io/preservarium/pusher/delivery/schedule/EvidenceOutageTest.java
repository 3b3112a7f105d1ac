package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.api.TerminationStyle;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryConfig.Topics;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.SampleConfig;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kafka goes away just after bytes left, for longer than a producer keeps trying. */
@ExtendWith(KafkaClusterExtension.class)
class EvidenceOutageTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, Object> IMPATIENT = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 300,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 300,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600,
            ProducerConfig.LINGER_MS_CONFIG, 1);

    static KafkaCluster cluster;

    @Test
    void theEvidenceIsThereOnceKafkaIsBack() throws Exception {
        KafkaSettings settings = KafkaSettings.of(cluster.getKafkaClientConfiguration());
        Topics topics = SampleConfig.of(Map.of(
                        "application-id", "app", "instance-id", "a", "state-dir", "x", "owns-invalid-commands", "true"))
                .topics();
        try (Admin admin = settings.openAdmin("test-admin")) {
            admin.createTopics(List.of(new NewTopic(topics.status(), 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (EventWriter writer = new EventWriter(
                settings.openProducer("a-events", IMPATIENT),
                DeliveryRecords.of(topics, Samples.RULES, RecordLimits.STANDARD),
                new HomePartitions(1),
                timer)) {
            writer.write(event(CommandState.SENDING), Origin.REST).get(30, TimeUnit.SECONDS);
            cluster.stopNodes(node -> true, TerminationStyle.ABRUPT);
            writer.writeUntilTaken(event(CommandState.SENT), Origin.REST);
            CompletableFuture<Void> once = writer.write(event(CommandState.QUEUED), Origin.REST);
            await().atMost(SOON).until(once::isCompletedExceptionally);

            cluster.startNodes(node -> true);
            List<CommandState> states = new ArrayList<>();
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    cluster.getKafkaClientConfiguration(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(List.of(new TopicPartition(topics.status(), 0)));
                consumer.seekToBeginning(consumer.assignment());
                await().atMost(Duration.ofMinutes(1)).until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> StatusJson.read(record.value())
                            .ifValid()
                            .map(StatusEvent::state)
                            .ifPresent(states::add));
                    return states.contains(CommandState.SENT);
                });
            }
            assertThat(states).startsWith(CommandState.SENDING).doesNotContain(CommandState.QUEUED);
        } finally {
            timer.shutdownNow();
        }
    }

    private static StatusEvent event(CommandState state) {
        return StatusEvent.about(Samples.command("dev", "r1"), state, Instant.now(), "a")
                .attempt(1)
                .build();
    }
}
