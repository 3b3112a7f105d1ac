package io.preservarium.pusher.api;

import io.preservarium.pusher.command.wire.ExpiryRule;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.Stores;

/** The commands topic and the status topic, side by side, into one store; overdue deadlines back out to the status topic. */
final class StatusTopology {

    static final String STORE = "command-status";
    static final String STATUS_SINK = "overdue";

    /** Everything the view has to know. {@code statusEnd} fetches the end offset of a status partition at this moment. */
    record Settings(
            String commands,
            String status,
            int partitions,
            ExpiryRule expiry,
            Duration retention,
            IntFunction<CompletionStage<Long>> statusEnd) {}

    private StatusTopology() {}

    static Topology build(Settings settings, ReadPositions positions, Counts counts) {
        // A record without a timestamp must not stop the view; the default extractor throws.
        TimestampExtractor time = (record, partitionTime) -> Math.max(0, record.timestamp());
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                "commands",
                time,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                settings.commands());
        topology.addSource(
                AutoOffsetReset.earliest(),
                "status",
                time,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                settings.status());
        topology.addProcessor("rows", () -> new StatusProcessor(settings, positions, counts), "commands", "status");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray()),
                "rows");
        topology.addSink(STATUS_SINK, settings.status(), new ByteArraySerializer(), new ByteArraySerializer(), "rows");
        return topology;
    }
}
