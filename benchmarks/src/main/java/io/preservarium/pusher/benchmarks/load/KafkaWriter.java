package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.command.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Somebody else's producer: acks=all, the partitions that Java clients choose. */
public final class KafkaWriter implements AutoCloseable {

    private final String bootstrapServers;
    private final Clock clock;
    private final KafkaProducer<byte[], byte[]> producer;

    public KafkaWriter(String bootstrapServers, Clock clock) {
        this.bootstrapServers = bootstrapServers;
        this.clock = clock;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "batch.size",
                        1 << 16,
                        "compression.type",
                        "lz4",
                        "buffer.memory",
                        64L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Makes it live, as pusher-api does when it is checked; returns when the broker has it. */
    public void write(PublishedScript script) throws IOException, InterruptedException {
        try {
            producer.send(new ProducerRecord<>(
                            Topics.PARSER_SCRIPTS,
                            script.ref().value().getBytes(StandardCharsets.UTF_8),
                            ScriptJson.write(script)))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not take the script " + script.ref(), e.getCause());
        }
    }

    /** Returns when the broker has them all. */
    public void write(Commands commands) throws IOException {
        write(Topics.COMMANDS, commands);
    }

    public void write(String topic, Commands commands) throws IOException {
        writeInTurn(topic, List.of(commands));
    }

    /** One of each, then the next of each: as when several applications write at once. */
    public void writeInTurn(List<Commands> all) throws IOException {
        writeInTurn(Topics.COMMANDS, all);
    }

    private void writeInTurn(String topic, List<Commands> all) throws IOException {
        int most = all.stream().mapToInt(Commands::count).max().orElse(0);
        AtomicReference<Exception> failure = new AtomicReference<>();
        for (int n = 0; n < most; n++) {
            for (Commands commands : all) {
                if (n < commands.count()) {
                    var unused = producer.send(
                            new ProducerRecord<>(topic, commands.key(n), commands.value(n, clock.instant())),
                            (metadata, refused) -> {
                                if (refused != null) {
                                    failure.compareAndSet(null, refused);
                                }
                            });
                }
            }
        }
        producer.flush();
        if (failure.get() != null) {
            throw new IOException("Kafka did not take every command", failure.get());
        }
    }

    /** A topic for a baseline, with as many partitions as the command topic. */
    public void createLikeCommands(String topic) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            if (admin.listTopics().names().get().contains(topic)) {
                return;
            }
            int partitions = producer.partitionsFor(Topics.COMMANDS).size();
            admin.createTopics(Set.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("the topic " + topic + " could not be created", e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
