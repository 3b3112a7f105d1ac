package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.api.TerminationStyle;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kafka goes away under a follower, and comes back. */
@ExtendWith(KafkaClusterExtension.class)
class TopicFollowerOutageTest {

    private static final Duration SOON = Duration.ofSeconds(90);

    static KafkaCluster cluster;

    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** Notes everything in the order in which it comes. */
    private final class Teller implements TopicFollower.Handler, TopicFollower.Listener {
        @Override
        public TopicFollower.Outcome handle(KafkaRecord record) {
            told.add(new String(record.value(), StandardCharsets.UTF_8));
            return new TopicFollower.Outcome.Taken();
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
            told.add("skipped");
        }

        @Override
        public void failed(String step, Throwable failure) {
            told.add("failed");
        }
    }

    @Test
    void anOutageOfKafkaIsSaidOnceAndItsEndOnceAndReadingGoesOn() throws Exception {
        KafkaSettings settings = KafkaSettings.of(cluster.getKafkaClientConfiguration());
        try (Admin admin = settings.openAdmin("test-admin")) {
            admin.createTopics(List.of(new NewTopic("followed", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        send(settings, "before");
        Teller teller = new Teller();
        try (TopicFollower follower = TopicFollower.start(
                settings,
                new TopicFollower.Plan(
                        "test-follower",
                        List.of("followed"),
                        new TopicFollower.Start.Beginning(),
                        Duration.ofMillis(200)),
                teller,
                teller)) {
            await().atMost(SOON).until(follower::isCaughtUp);
            cluster.stopNodes(node -> true, TerminationStyle.GRACEFUL);
            await().atMost(SOON).until(() -> follower.outage().isPresent());
            cluster.startNodes(node -> true);
            await().atMost(SOON).until(() -> follower.outage().isEmpty());
            send(settings, "after");
            await().atMost(SOON).until(() -> told.contains("after"));
        }
        assertThat(told).containsExactly("before", "away", "back", "after");
    }

    private static void send(KafkaSettings settings, String text) throws Exception {
        try (Producer<byte[], byte[]> producer = settings.openProducer("test-writer", java.util.Map.of())) {
            producer.send(new ProducerRecord<>("followed", text.getBytes(StandardCharsets.UTF_8)))
                    .get(60, TimeUnit.SECONDS);
        }
    }
}
