package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the status topic from now on and counts; it looks at headers, and into a value only where a command failed. */
public final class Evidence implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Tally> tallies = new CopyOnWriteArrayList<>();
    private final Thread reader;

    public Evidence(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "max.poll.records",
                        5_000,
                        "fetch.min.bytes",
                        1 << 14,
                        "fetch.max.wait.ms",
                        20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = consumer.partitionsFor(Topics.STATUS).stream()
                .map(partition -> new TopicPartition(Topics.STATUS, partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position); // now, not at the first poll
        reader = Thread.ofPlatform().daemon().name("evidence").start(this::read);
    }

    /** Counts that run's commands until the tally is closed. */
    public Tally follow(Commands commands) {
        Tally tally = new Tally(commands.run(), commands.count());
        tallies.add(tally);
        return tally;
    }

    public void forget(Tally tally) {
        tallies.remove(tally);
    }

    private void read() {
        try {
            while (true) {
                consumer.poll(Duration.ofSeconds(1)).forEach(this::saw);
            }
        } catch (WakeupException e) {
            consumer.close();
        }
    }

    private void saw(ConsumerRecord<byte[], byte[]> record) {
        String requestId = header(record, Headers.REQUEST_ID);
        for (Tally tally : tallies) {
            if (tally.isOfThisRun(requestId)) {
                String state = header(record, Headers.STATE);
                tally.saw(requestId, state, failure(record, state));
            }
        }
    }

    private static Optional<Tally.Failure> failure(ConsumerRecord<byte[], byte[]> record, String state) {
        return switch (state) {
            case "failed", "expired", "cancelled", "timed_out" -> {
                Optional<StatusEvent> event = StatusJson.read(record.value()).ifValid();
                yield Optional.of(new Tally.Failure(
                        event.flatMap(StatusEvent::reason).map(Enum::name).orElse(state),
                        event.flatMap(StatusEvent::message).orElse("")));
            }
            default -> Optional.empty();
        };
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        reader.join();
    }
}
