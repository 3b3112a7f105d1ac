package io.preservarium.pusher.delivery.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryConfig.Topics;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.FakeParser;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.TestRoute;
import io.preservarium.pusher.delivery.streams.MutatedRecords.Mutant;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.StatusRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * No record stops delivery. By default 10,000 records; {@code -Dpusher.fuzz.records=100000} makes it more, {@code
 * -Dpusher.fuzz.seed=…} others.
 */
@ExtendWith(KafkaClusterExtension.class)
class RecordFuzzTest {

    private static final int RECORDS = Integer.getInteger("pusher.fuzz.records", 10_000);
    private static final long SEED = Long.getLong("pusher.fuzz.seed", 8);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final int PARTITIONS = 4;
    private static final int GOOD_DEVICES = 50;
    private static final int GOOD_EVERY = 10;
    private static final int LARGE = 42;
    /** The topics that others write take more than the broker's default, so that what is written about it must be cut. */
    private static final int LARGEST = 2 << 20;

    /** Kinds that stopped a reader once: none may be missing, whatever the seed. */
    private static final List<String> ONCE_FATAL = List.of(
            "plain form of a number",
            "times a part of a millisecond apart",
            "year -1",
            "year 9999 with an offset",
            "nesting of 65",
            "key of 1,025",
            "a header of a megabyte and no JSON",
            "at the limit",
            "1e2000 ten thousand times",
            "a negative time",
            "cancellation of a negative time",
            "event of a negative time",
            "of the year 1",
            "cancellation by a long name",
            "cancellation without at and by",
            "cancellation in the wrong partition");

    static KafkaCluster cluster;

    @TempDir
    Path folder;

    private final Topics topics = TestConfig.TestTopics.startingWith("fuzz-");
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final BlockingQueue<DeviceId> asked = new LinkedBlockingQueue<>();
    private final Queue<String> failuresToWrite = new ConcurrentLinkedQueue<>();

    @Test
    void everyGoodCommandIsSentAndEveryBadRecordIsToldAndNoThreadDies() throws Exception {
        // One line for each of thousands of bad records.
        Logger log = Logger.getLogger("io.preservarium.pusher.delivery");
        log.setLevel(Level.SEVERE);
        Queue<String> broken = new ConcurrentLinkedQueue<>();
        Handler noting = new Noting(broken);
        log.addHandler(noting);
        createTopics();
        try (StreamsDelivery delivery = StreamsDelivery.start(
                KafkaSettings.of(cluster.getKafkaClientConfiguration()),
                TestConfig.of("fuzz", "a", folder, topics),
                TestRoute.pushing(asked::add),
                new FakeParser(),
                Clock.systemUTC(),
                metrics)) {
            Thread pusher = Thread.ofPlatform().daemon().start(() -> push(delivery));
            Written written = write();
            assertThat(written.kinds()).containsAll(ONCE_FATAL);
            Told told = new Told();
            try (KafkaConsumer<byte[], byte[]> consumer =
                    reader(topics.status(), topics.deadLetters(), topics.commands())) {
                await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
                    told.read(consumer);
                    assertThat(missing(written.good(), told.sent)).isEmpty();
                });
                Set<String> bad = mustBeTold();
                await().atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(10))
                        .untilAsserted(() -> {
                            told.read(consumer);
                            assertThat(missing(bad, told.keys)).isEmpty();
                            assertThat(missing(written.refused(), told.failed)).isEmpty();
                            assertThat(missing(written.taken(), told.named)).isEmpty();
                        });
            }
            pusher.interrupt();
            assertThat(told.notUnderstood).isEmpty();
            assertThat(told.refusedGood).isEmpty();
            assertThat(broken).isEmpty();
        } finally {
            log.removeHandler(noting);
            log.setLevel(null);
        }
        assertThat(metrics.get("pusher.delivery.stream.failures").counter().count())
                .isZero();
        assertThat(failuresToWrite).isEmpty();
    }

    private void push(StreamsDelivery delivery) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                delivery.push(asked.take(), Map.of()).thenAccept(handOut -> {
                    if (handOut instanceof HandOut.Offer offer) {
                        delivery.sent(offer, Map.of(), Optional.empty());
                    }
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // --- writing ----------------------------------------------------------------------------------------------------

    /** Ids; with the kind where the record is a bad one. */
    private record Written(
            Set<String> good, Map<String, String> refused, Map<String, String> taken, Set<String> kinds) {}

    private Written write() {
        Written written =
                new Written(new LinkedHashSet<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new HashSet<>());
        MutatedRecords mutants = new MutatedRecords(SEED, topics, PARTITIONS);
        int largeEvery = RECORDS / LARGE;
        Map<String, Object> settings = new TreeMap<>(cluster.getKafkaClientConfiguration());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        // A new partition may refuse the first batch, take the one behind it, and never take the first after that.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                if (i % GOOD_EVERY == 0) {
                    String id = "good-" + i;
                    written.good().add(id);
                    send(producer, good(id, "good-device-" + i / GOOD_EVERY % GOOD_DEVICES), "good");
                } else {
                    Mutant mutant = i % largeEvery == 1 ? mutants.nextLarge() : mutants.next();
                    written.kinds().add(mutant.kind());
                    switch (mutant.fate()) {
                        case REFUSED -> written.refused().put(mutant.id(), mutant.kind());
                        case TAKEN -> written.taken().put(mutant.id(), mutant.kind());
                        case EITHER -> {}
                    }
                    send(producer, mutant.record(), mutant.kind());
                }
            }
        }
        return written;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record, String kind) {
        var unused = producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                failuresToWrite.add(kind + ": " + failure);
            }
        });
    }

    private ProducerRecord<byte[], byte[]> good(String id, String device) {
        Instant now = Instant.now();
        byte[] value = CommandJson.write(
                Samples.command(device, id, now, now.plusSeconds(3_600), Optional.empty(), Optional.empty()));
        return new ProducerRecord<>(topics.commands(), HomePartitions.key(new DeviceId(device)), value);
    }

    // --- what must be told ------------------------------------------------------------------------------------------

    /** Of every record as it stands now: its place if nobody can read it, else the id that there is to be an event of. */
    private Set<String> mustBeTold() {
        TestConfig config = TestConfig.of("fuzz", "a", folder, topics);
        DeliveryRecords records = DeliveryRecords.of(topics, DeliveryRules.of(config), RecordLimits.STANDARD);
        HomePartitions home = new HomePartitions(PARTITIONS);
        Instant now = Instant.now();
        Set<String> keys = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                reader(topics.commands(), topics.cancellations(), topics.status())) {
            for (ConsumerRecord<byte[], byte[]> read : all(consumer)) {
                KafkaRecord record = KafkaRecord.of(read);
                boolean isOthers = record.header(Headers.PROTOCOL)
                        .flatMap(Protocol::of)
                        .filter(protocol -> protocol != Protocol.COAP)
                        .isPresent();
                String place = record.place().toString();
                if (isOthers && !read.topic().equals(topics.cancellations())) {
                    continue;
                }
                if (read.topic().equals(topics.commands())) {
                    switch (records.commands().read(record, home, now)) {
                        case CommandRecords.Read.Valid valid
                        when valid.command().protocol() == Protocol.COAP ->
                            keys.add(key(
                                    valid.command().deviceId(), valid.command().requestId()));
                        case CommandRecords.Read.Valid others -> {}
                        case CommandRecords.Read.Misplaced misplaced
                        when misplaced.command().protocol() == Protocol.COAP -> keys.add(place);
                        case CommandRecords.Read.Misplaced others -> {}
                        case CommandRecords.Read.Invalid invalid -> {
                            keys.add(place);
                            invalid.deviceId().ifPresent(device -> keys.add(key(device, invalid.requestId())));
                        }
                    }
                } else if (read.topic().equals(topics.cancellations())) {
                    if (records.cancellations().read(record, home, now) instanceof CancellationRecords.Read.Invalid) {
                        keys.add(place);
                    }
                } else if (records.status().read(record, home, now) instanceof StatusRecords.Read.Invalid) {
                    keys.add(place);
                }
            }
        }
        return keys;
    }

    private static String key(DeviceId device, RequestId request) {
        return device + " " + request;
    }

    private static List<String> missing(Map<String, String> wanted, Set<String> found) {
        return wanted.entrySet().stream()
                .filter(one -> !found.contains(one.getKey()))
                .limit(10)
                .map(one -> one.getKey() + ": " + one.getValue())
                .toList();
    }

    private static List<String> missing(Set<String> wanted, Set<String> found) {
        return wanted.stream().filter(one -> !found.contains(one)).limit(10).toList();
    }

    // --- what is told -----------------------------------------------------------------------------------------------

    private static final class Told {
        final Set<String> sent = new HashSet<>();
        final Set<String> failed = new HashSet<>();
        final Set<String> named = new HashSet<>();
        final Set<String> keys = new HashSet<>();
        final List<String> notUnderstood = new ArrayList<>();
        final List<String> refusedGood = new ArrayList<>();

        void read(KafkaConsumer<byte[], byte[]> consumer) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                header(record, Headers.SOURCE_RECORD).ifPresent(keys::add);
                header(record, Headers.MOVED_FROM).ifPresent(keys::add);
                header(record, Headers.MESSAGE)
                        .filter(message -> message.contains("this program could not read it"))
                        .ifPresent(notUnderstood::add);
                if (record.topic().endsWith("s")) {
                    StatusJson.read(record.value() == null ? new byte[0] : record.value())
                            .ifValid()
                            .ifPresent(this::event);
                }
            }
        }

        private void event(StatusEvent event) {
            String id = event.requestId().value();
            named.add(id);
            keys.add(key(event.deviceId(), event.requestId()));
            if (event.state() == CommandState.SENT) {
                sent.add(id);
            } else if (event.state() == CommandState.FAILED) {
                failed.add(id);
                if (id.startsWith("good-")) {
                    refusedGood.add(id + " " + event.message());
                }
            }
        }

        private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
            return Optional.ofNullable(record.headers().lastHeader(name))
                    .map(header -> header.value())
                    .map(value -> new String(value, StandardCharsets.UTF_8));
        }
    }

    /** What is logged as an error: something broke, and nobody may have told. */
    private static final class Noting extends Handler {
        private final Queue<String> noted;

        Noting(Queue<String> noted) {
            this.noted = noted;
        }

        @Override
        public void publish(LogRecord record) {
            noted.add(record.getMessage() + " " + record.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    // --- means ------------------------------------------------------------------------------------------------------

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            Map<String, String> large = Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(LARGEST));
            Stream<NewTopic> read = Stream.of(topics.commands(), topics.cancellations(), topics.status())
                    .map(name -> new NewTopic(name, PARTITIONS, (short) 1).configs(large));
            Stream<NewTopic> written = Stream.of(topics.uplinks(), topics.deadLetters())
                    .map(name -> new NewTopic(name, PARTITIONS, (short) 1));
            admin.createTopics(Stream.concat(read, written).toList()).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaConsumer<byte[], byte[]> reader(String... topics) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                cluster.getKafkaClientConfiguration(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = Stream.of(topics)
                .flatMap(topic -> IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }

    private static List<ConsumerRecord<byte[], byte[]>> all(KafkaConsumer<byte[], byte[]> consumer) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(found::add);
        }
        return found;
    }
}
