package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Protocol;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** How the topics reach the book: one sub-topology, so one task holds everything about a partition's devices. */
final class DeliveryTopology {

    /** What the intakes work with. */
    record Parts(
            DeliveryRules rules,
            Protocol protocol,
            String source,
            boolean ownsInvalidCommands,
            Partitions partitions,
            Positions positions,
            DeliveryDesk desk,
            Clock clock,
            DeliveryLog log) {}

    private DeliveryTopology() {}

    static Topology of(DeliveryConfig config, Parts parts) {
        Topology topology = new Topology();
        DeliveryConfig.Topics topics = config.topics();
        source(topology, "commands", topics.commands());
        source(topology, "cancellations", topics.cancellations());
        source(topology, "status", topics.status());
        topology.addProcessor("command-intake", () -> new CommandIntake(parts), "commands");
        topology.addProcessor("cancellation-intake", () -> new CancellationIntake(parts), "cancellations");
        topology.addProcessor("status-intake", () -> new StatusIntake(parts), "status");
        topology.addProcessor(
                "deadline-watch", () -> new DeadlineWatch(parts, config.deadlineInterval()), "cancellations");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(WaitingCommands.STORE),
                                Serdes.Bytes(),
                                Serdes.ByteArray())
                        .withLoggingEnabled(Map.of())
                        .withCachingDisabled(),
                "command-intake",
                "cancellation-intake",
                "status-intake",
                "deadline-watch");
        sink(topology, CommandIntake.SINK_STATUS, topics.status());
        sink(topology, CommandIntake.SINK_DEAD, topics.deadLetters());
        sink(topology, CommandIntake.SINK_COMMANDS, topics.commands());
        return topology;
    }

    private static void source(Topology topology, String name, String topic) {
        topology.addSource(
                AutoOffsetReset.earliest(), name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
    }

    private static void sink(Topology topology, String name, String topic) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), "command-intake");
    }
}
