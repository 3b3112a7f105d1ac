package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker and its controller (KRaft) in this process. */
final class EmbeddedKafka implements AutoCloseable {

    private static final String NODE = "1";

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private boolean started;

    /** Not started yet; works on the records found in the folder, or formats an empty one. */
    EmbeddedKafka(Path folder, Ports ports) throws IOException {
        if (!Files.exists(folder.resolve("meta.properties"))) {
            format(folder);
        }
        this.server = new KafkaRaftServer(new KafkaConfig(settings(folder, ports), false), Time.SYSTEM);
        this.bootstrapServers = ports.fromHere() + ":" + ports.kafka();
    }

    /** Returns when clients are served. */
    void start() {
        started = true;
        server.startup();
    }

    private static void format(Path folder) throws IOException {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(Integer.parseInt(NODE))
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(folder.toString())
                    .addDirectory(folder.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // the method's own signature
            throw new IOException("the folder " + folder + " could not be formatted for Kafka", e);
        }
    }

    private static Map<String, String> settings(Path folder, Ports ports) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", NODE);
        settings.put("controller.quorum.voters", NODE + "@" + Ports.LOOPBACK + ":" + ports.kafkaController());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put(
                "listeners",
                "PLAINTEXT://" + ports.listen() + ":" + ports.kafka() + ",CONTROLLER://" + Ports.LOOPBACK + ":"
                        + ports.kafkaController());
        settings.put("advertised.listeners", "PLAINTEXT://" + ports.reachable() + ":" + ports.kafka());
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", folder.toString());

        // One node: nothing to replicate, and no second consumer worth waiting for.
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.num.partitions", "4");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("num.partitions", Integer.toString(KafkaTopics.PARTITIONS));
        // A misspelt topic is an error, as in a cluster.
        settings.put("auto.create.topics.enable", "false");

        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("log.segment.bytes", Integer.toString(64 << 20));
        // Indexes are mapped at full size at once; a segment of 64 MiB needs no more than this.
        settings.put("log.index.size.max.bytes", Integer.toString(256 << 10));
        settings.put("message.max.bytes", Integer.toString(2 << 20));
        // At a start the controller lets the broker in when the session it had before would have ended (default 9 s).
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("broker.session.timeout.ms", "3000");
        return settings;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        if (!started) {
            return;
        }
        server.shutdown();
        server.awaitShutdown();
    }
}
