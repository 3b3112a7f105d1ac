package io.preservarium.pusher.delivery.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.takeover.Evidence.Fault;
import io.preservarium.pusher.delivery.takeover.Evidence.Kind;
import io.preservarium.pusher.delivery.takeover.Evidence.Recorded;
import io.preservarium.pusher.delivery.takeover.Evidence.Written;
import io.preservarium.pusher.delivery.takeover.InstanceProcess.Sending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances of one group, as processes, one of which is killed, stopped for longer than its session lasts, or told to
 * end, in turn, while commands come in. With {@code -Dtakeover=full}: 10,000 commands, a fault every 10 s,
 * stopped for 30 s.
 */
@ExtendWith(KafkaClusterExtension.class)
class TakeoverTest {

    /** How much of it, and how long. */
    private record Size(int commands, int devices, List<Kind> faults, Duration between, Duration stopped) {
        static Size ofThisRun() {
            return System.getProperty("takeover", "").equals("full")
                    ? new Size(
                            10_000,
                            1_000,
                            List.of(
                                    Kind.KILL,
                                    Kind.STOP,
                                    Kind.TERM,
                                    Kind.KILL_AND_STAY_AWAY,
                                    Kind.STOP,
                                    Kind.TERM,
                                    Kind.KILL,
                                    Kind.STOP,
                                    Kind.TERM),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(30))
                    : new Size(
                            1_500,
                            150,
                            List.of(Kind.KILL, Kind.STOP, Kind.TERM, Kind.KILL_AND_STAY_AWAY, Kind.STOP, Kind.TERM),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(8));
        }

        Duration takes() {
            long waits = faults.stream()
                    .filter(kind -> kind == Kind.STOP || kind == Kind.KILL_AND_STAY_AWAY)
                    .count();
            return between.multipliedBy(faults.size() + 1).plus(stopped.multipliedBy(waits));
        }
    }

    private static final int PARTITIONS = 8;
    /** The least that brokers allow unless told otherwise. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final long SEED = 20_261_121;

    static KafkaCluster cluster;

    @TempDir
    Path folder;

    private final Size size = Size.ofThisRun();
    private final Random random = new Random(SEED);
    private final ScheduledExecutorService writing = Executors.newSingleThreadScheduledExecutor();
    private final List<InstanceProcess> instances = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<Recorded> recorded = new ArrayList<>();

    @BeforeEach
    void topics() throws Exception {
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            List<NewTopic> topics = new ArrayList<>();
            for (String name : List.of("c", "x", "s", "u", "d")) {
                topics.add(new NewTopic(name, PARTITIONS, (short) 1)
                        .configs(Map.of(
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                name.equals("s") ? "LogAppendTime" : "CreateTime")));
            }
            admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void endAll() {
        writing.shutdownNow();
        instances.forEach(InstanceProcess::close);
    }

    @Test
    void killedStoppedAndEndedInstancesLoseNothingAndRepeatOnlyWhatACrashHadInFlight() throws Exception {
        assumeTrue(hasSignals(), "needs a command 'kill' that knows STOP and CONT");
        instances.add(instance("a"));
        instances.add(instance("b"));
        instances.forEach(InstanceProcess::awaitReady);

        List<Written> written = new CopyOnWriteArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                cluster.getKafkaClientConfiguration(), new ByteArraySerializer(), new ByteArraySerializer())) {
            Future<?> writer = writeEvenly(producer, written);
            for (Kind kind : size.faults()) {
                pause(size.between());
                inflict(kind, instances.get(random.nextInt(instances.size())));
            }
            writer.get(size.takes().toSeconds() * 2, TimeUnit.SECONDS);
            producer.flush();
        }
        assertThat(written).hasSize(size.commands());
        awaitEnds(written);

        List<Sending> sendings = new ArrayList<>();
        for (InstanceProcess instance : instances) {
            sendings.addAll(instance.sendings());
        }
        Evidence evidence = new Evidence(written, recorded, sendings, faults, LEASE);
        System.out.println(evidence.counts());
        assertThat(evidence.unfinished()).isEmpty();
        assertThat(evidence.endedOtherwiseThanSent()).isEmpty();
        assertThat(evidence.neverLeft()).isEmpty();
        assertThat(evidence.withoutAttempt()).isEmpty();
        assertThat(evidence.afterTheEnd())
                .as(() -> evidence.history(evidence.afterTheEnd()))
                .isEmpty();
        assertThat(evidence.outOfOrder()).isEmpty();
        assertThat(evidence.unexplained())
                .as(() -> evidence.history(evidence.unexplained()))
                .isEmpty();
    }

    private static boolean hasSignals() throws InterruptedException {
        try {
            Process kill = new ProcessBuilder(
                            "kill",
                            "-CONT",
                            String.valueOf(ProcessHandle.current().pid()))
                    .start();
            return kill.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private InstanceProcess instance(String name) {
        return new InstanceProcess(
                name,
                folder,
                cluster.getBootstrapServers(),
                List.of(
                        "application-id=takeover",
                        "topics.commands=c",
                        "topics.cancellations=x",
                        "topics.status=s",
                        "topics.uplinks=u",
                        "topics.dead-letters=d",
                        "state-replication=1",
                        "store-memory-mib=16",
                        "session-timeout=" + SESSION.toSeconds() + "s",
                        "attempt-lease=" + LEASE.toSeconds() + "s",
                        "owns-invalid-commands=true"));
    }

    /** All commands, evenly over the time that the faults take. */
    private Future<?> writeEvenly(KafkaProducer<byte[], byte[]> producer, List<Written> written) {
        long begin = System.nanoTime();
        double perNano = size.commands() / (double) size.takes().toNanos();
        int[] next = {0};
        CompletableFuture<Void> all = new CompletableFuture<>();
        writing.scheduleWithFixedDelay(
                () -> {
                    long goal = Math.min(size.commands(), (long) ((System.nanoTime() - begin) * perNano));
                    while (next[0] < goal) {
                        write(producer, "r" + next[0]++, written);
                    }
                    if (next[0] == size.commands()) {
                        all.complete(null);
                    }
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
        return all;
    }

    private void write(KafkaProducer<byte[], byte[]> producer, String request, List<Written> written) {
        String device = "device-" + Math.floorMod(request.hashCode() * 31, size.devices());
        Instant now = Instant.now();
        Command command =
                Samples.command(device, request, now, now.plusSeconds(3_600), Optional.empty(), Optional.empty());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("c", device.getBytes(StandardCharsets.UTF_8), CommandJson.write(command));
        record.headers()
                .add(Headers.ORIGIN, "rest".getBytes(StandardCharsets.UTF_8))
                .add(Headers.REQUEST_ID, request.getBytes(StandardCharsets.UTF_8))
                .add(Headers.PROTOCOL, "coap".getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(record, (metadata, failure) -> {
            if (failure == null) {
                written.add(new Written(request, device, metadata.offset()));
            }
        });
    }

    private void inflict(Kind kind, InstanceProcess victim) throws Exception {
        long begun = System.currentTimeMillis();
        switch (kind) {
            case KILL -> {
                victim.signal("KILL");
                victim.awaitExit();
            }
            case KILL_AND_STAY_AWAY -> {
                victim.signal("KILL");
                victim.awaitExit();
                pause(size.stopped());
            }
            case STOP -> {
                victim.signal("STOP");
                pause(size.stopped());
                victim.signal("CONT");
            }
            case TERM -> {
                victim.signal("TERM");
                victim.awaitExit();
            }
        }
        faults.add(new Fault(kind, victim.name(), begun, System.currentTimeMillis()));
        if (kind != Kind.STOP) {
            victim.restart();
        }
    }

    /** Faults come by the clock: nothing is waited for here, so there is no event to wait for. */
    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    private void awaitEnds(List<Written> written) {
        Set<String> open = new HashSet<>(written.stream().map(Written::request).toList());
        try (KafkaConsumer<byte[], byte[]> status = new KafkaConsumer<>(
                cluster.getKafkaClientConfiguration(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition("s", p))
                    .toList();
            status.assign(all);
            status.seekToBeginning(all);
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> {
                        read(status, open);
                        assertThat(open).as(() -> saidBy(instances)).isEmpty();
                    });
            // What is still written about finished commands counts too.
            Map<TopicPartition, Long> ends = status.endOffsets(all);
            while (all.stream().anyMatch(p -> status.position(p) < ends.get(p))) {
                read(status, open);
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> status, Set<String> open) {
        status.poll(Duration.ofMillis(200))
                .forEach(record -> StatusJson.read(record.value()).ifValid().ifPresent(event -> {
                    recorded.add(new Recorded(event, record.offset(), record.timestamp()));
                    if (event.isFinal()) {
                        open.remove(event.requestId().value());
                    }
                }));
    }

    private static String saidBy(List<InstanceProcess> instances) {
        StringBuilder all = new StringBuilder();
        instances.forEach(instance -> all.append(instance.said()));
        return all.toString();
    }
}
