package io.preservarium.pusher.api;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.wire.Topics;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real broker in this process, which can be stopped and started again under the same port and with the same data. */
public final class TestKafka {

    public static final int PARTITIONS = 8;

    /** The broker talks a lot; strong references, or the levels would be forgotten. */
    private static final List<Logger> QUIET = Stream.of("kafka", "org.apache.kafka", "state.change.logger")
            .map(Logger::getLogger)
            .peek(logger -> logger.setLevel(Level.SEVERE))
            .toList();

    private final Path dir;
    private final int port;
    private final Map<String, String> settings;
    private KafkaRaftServer server;

    public TestKafka() {
        try {
            dir = Files.createTempDirectory("pusher-api-kafka");
            port = freePort();
            int controller = freePort();
            settings = Map.ofEntries(
                    Map.entry("process.roles", "broker,controller"),
                    Map.entry("node.id", "1"),
                    Map.entry("controller.quorum.voters", "1@localhost:" + controller),
                    Map.entry("controller.listener.names", "CONTROLLER"),
                    Map.entry("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controller),
                    Map.entry("advertised.listeners", "PLAINTEXT://localhost:" + port),
                    Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                    Map.entry("log.dirs", dir.toString()),
                    Map.entry("offsets.topic.replication.factor", "1"),
                    Map.entry("offsets.topic.num.partitions", "1"),
                    Map.entry("group.initial.rebalance.delay.ms", "0"),
                    Map.entry("auto.create.topics.enable", "false"),
                    Map.entry("controlled.shutdown.enable", "false"));
            Formatter formatter = new Formatter();
            formatter.setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
            formatter.setClusterId(Uuid.randomUuid().toString());
            formatter.setNodeId(1);
            formatter.setControllerListenerName("CONTROLLER");
            formatter.setMetadataLogDirectory(dir.toString());
            formatter.addDirectory(dir.toString());
            formatter.run();
        } catch (Exception e) {
            throw new IllegalStateException("a broker can be formatted", e);
        }
    }

    /** The settings of a service beside this broker. */
    public Map<String, String> settings(String producerTimeout) {
        Map<String, String> service = QUIET.stream()
                .collect(Collectors.toMap(
                        logger -> "quarkus.log.category.\"" + logger.getName() + "\".level", logger -> "ERROR"));
        service.put("kafka.bootstrap.servers", bootstrap());
        service.put(
                "pusher.api.view.state-dir",
                dir.resolveSibling(dir.getFileName() + "-state").toString());
        service.put("pusher.api.producer-timeout", producerTimeout);
        return service;
    }

    public String bootstrap() {
        return "localhost:" + port;
    }

    public void start() {
        server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
    }

    public void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    public void createTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            List<NewTopic> topics = new ArrayList<>();
            for (String name : List.of(Topics.COMMANDS, Topics.CANCELLATIONS, Topics.STATUS)) {
                topics.add(new NewTopic(name, PARTITIONS, (short) 1));
            }
            for (String name : List.of(Topics.PARSER_SCRIPTS, Topics.PARSER_SCRIPT_STATUS)) {
                topics.add(new NewTopic(name, 1, (short) 1)
                        .configs(Map.of("cleanup.policy", "compact", "max.message.bytes", "4194304")));
            }
            admin.createTopics(topics).all().get();
        } catch (Exception e) {
            throw new IllegalStateException("topics can be created", e);
        }
    }

    /** As anybody's producer would. */
    public void send(String topic, String key, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException("a record can be sent", e);
        }
    }

    /** Every record of a key that is there now. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic, String key) {
        boolean byDevice =
                List.of(Topics.COMMANDS, Topics.CANCELLATIONS, Topics.STATUS).contains(topic);
        TopicPartition partition =
                new TopicPartition(topic, byDevice ? new HomePartitions(PARTITIONS).of(new DeviceId(key)) : 0);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                    if (new String(record.key(), StandardCharsets.UTF_8).equals(key)) {
                        found.add(record);
                    }
                });
            }
        }
        return found;
    }

    public static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
