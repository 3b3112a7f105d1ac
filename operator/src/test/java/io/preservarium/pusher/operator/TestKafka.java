package io.preservarium.pusher.operator;

import io.preservarium.pusher.command.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real broker in this process. */
public final class TestKafka {

    public static final int PARTITIONS = 8;

    /** Held here, or the level would go with the logger. */
    private static final List<Logger> QUIET = Stream.of("org.apache.kafka", "kafka", "state.change.logger")
            .map(Logger::getLogger)
            .toList();

    private final int port;
    private final KafkaRaftServer server;

    public TestKafka() {
        try {
            QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
            Path dir = Files.createTempDirectory("pusher-operator-kafka");
            port = freePort();
            int controller = freePort();
            Formatter formatter = new Formatter();
            formatter.setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
            formatter.setClusterId(Uuid.randomUuid().toString());
            formatter.setNodeId(1);
            formatter.setControllerListenerName("CONTROLLER");
            formatter.setMetadataLogDirectory(dir.toString());
            formatter.addDirectory(dir.toString());
            formatter.run();
            server = new KafkaRaftServer(
                    new KafkaConfig(
                            Map.ofEntries(
                                    Map.entry("process.roles", "broker,controller"),
                                    Map.entry("node.id", "1"),
                                    Map.entry("controller.quorum.voters", "1@localhost:" + controller),
                                    Map.entry("controller.listener.names", "CONTROLLER"),
                                    Map.entry(
                                            "listeners",
                                            "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controller),
                                    Map.entry("advertised.listeners", "PLAINTEXT://localhost:" + port),
                                    Map.entry(
                                            "listener.security.protocol.map",
                                            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                                    Map.entry("log.dirs", dir.toString()),
                                    Map.entry("offsets.topic.replication.factor", "1"),
                                    Map.entry("offsets.topic.num.partitions", "1"),
                                    Map.entry("auto.create.topics.enable", "false"),
                                    Map.entry("controlled.shutdown.enable", "false")),
                            false),
                    Time.SYSTEM);
        } catch (Exception e) {
            throw new IllegalStateException("a broker can be formatted", e);
        }
    }

    public String bootstrap() {
        return "localhost:" + port;
    }

    public void start() {
        server.startup();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            admin.createTopics(Stream.of(Topics.COMMANDS, Topics.CANCELLATIONS, Topics.STATUS)
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException("topics can be created", e);
        }
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
