package io.preservarium.pusher.delivery.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What anybody who reads the status topic has seen so far. */
final class SeenEvents implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;
    private final List<StatusEvent> events = new ArrayList<>();

    SeenEvents(Map<String, Object> kafka, String topic, int partitions, Duration patience) {
        this.patience = patience;
        consumer = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /** All of them, with what has come since the last look. */
    List<StatusEvent> look() {
        consumer.poll(Duration.ofMillis(50))
                .forEach(record -> StatusJson.read(record.value()).ifValid().ifPresent(events::add));
        return events;
    }

    /** Each as {@code state:attempt}. */
    void awaitStates(String request, String... states) {
        await().atMost(patience).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            look();
            assertThat(of(request).stream().map(event -> event.state().word() + ":" + event.attempt()))
                    .containsExactly(states);
        });
    }

    List<StatusEvent> of(String request) {
        return events.stream()
                .filter(event -> event.requestId().value().equals(request))
                .toList();
    }

    StatusEvent last(String request) {
        return of(request).getLast();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
