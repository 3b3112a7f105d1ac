package io.preservarium.pusher.api.status;

import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.TolerantTimestamps;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import io.preservarium.pusher.journal.store.WritePlan;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** The commands topic and the status topic, side by side, into one store; overdue deadlines back out to the status topic. */
final class StatusTopology {

    static final String STORE = "command-status";
    static final String STATUS_SINK = "overdue";

    /** Of all partitions, until the next commit; the entries of the index count, too. */
    private static final int ROWS_IN_MEMORY = 60_000;

    /** Everything the view has to know. {@code statusEnd} fetches the end offset of a status partition at this moment. */
    record Settings(
            CommandRecords commands,
            StatusRecords status,
            HomePartitions home,
            Duration retention,
            IntFunction<CompletionStage<Long>> statusEnd) {}

    private StatusTopology() {}

    static Topology build(Settings settings, ReadPositions positions, Counts counts) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                "commands",
                new TolerantTimestamps(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                settings.commands().topic());
        topology.addSource(
                AutoOffsetReset.earliest(),
                "status",
                new TolerantTimestamps(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                settings.status().topic());
        topology.addProcessor("rows", () -> new StatusProcessor(settings, positions, counts), "commands", "status");
        topology.addStateStore(
                // Not Kafka's own cache: one that is written out while Kafka is away holds up every question to the
                // store.
                WriteBehindStore.builder(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray()),
                        WritePlan.TOGETHER,
                        () -> {},
                        ROWS_IN_MEMORY),
                "rows");
        topology.addSink(
                STATUS_SINK, settings.status().topic(), new ByteArraySerializer(), new ByteArraySerializer(), "rows");
        return topology;
    }
}
