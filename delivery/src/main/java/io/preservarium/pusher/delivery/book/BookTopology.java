package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.Stores;

/** How the topics reach the book: one sub-topology, so one task holds everything about a partition's devices. */
public final class BookTopology {

    static final String TO_COMMANDS = "to-commands";
    static final String TO_CANCELLATIONS = "to-cancellations";
    static final String TO_STATUS = "to-status";
    static final String TO_DEAD_LETTERS = "to-dead-letters";

    /** Of the book's own topic: a command record at the broker's limit still fits with what the book adds to it. */
    public static final int LARGEST_RECORD = 4 << 20;

    /** Of all partitions, of some twenty thousand commands. */
    private static final int ROWS_IN_MEMORY = 100_000;

    private static final String BOOK = "book-keeper";

    private BookTopology() {}

    /** @param beforeWritingOut throws TaskMigratedException when this process may own its partitions no more */
    public static Topology of(
            DeliveryConfig config, BookParts parts, TimestampExtractor time, Runnable beforeWritingOut) {
        Topology topology = new Topology();
        DeliveryConfig.Topics topics = config.topics();
        source(topology, time, "commands", topics.commands());
        source(topology, time, "cancellations", topics.cancellations());
        source(topology, time, "status", topics.status());
        topology.addProcessor(BOOK, () -> new BookKeeper(parts, config), "commands", "cancellations", "status");
        topology.addStateStore(
                WriteBehindStore.builder(
                                Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(Book.STORE), Serdes.Bytes(), Serdes.ByteArray()),
                                new BookPlan(),
                                beforeWritingOut,
                                ROWS_IN_MEMORY)
                        .withLoggingEnabled(
                                Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(LARGEST_RECORD))),
                BOOK);
        sink(topology, TO_COMMANDS, topics.commands());
        sink(topology, TO_CANCELLATIONS, topics.cancellations());
        sink(topology, TO_STATUS, topics.status());
        sink(topology, TO_DEAD_LETTERS, topics.deadLetters());
        return topology;
    }

    private static void source(Topology topology, TimestampExtractor time, String name, String topic) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                name,
                time,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic);
    }

    private static void sink(Topology topology, String name, String topic) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), BOOK);
    }
}
