package io.preservarium.pusher.delivery.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.journal.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The promises of delivery over a real Kafka; only the script engine and the protocol are played. */
@ExtendWith(KafkaClusterExtension.class)
class StreamsDeliveryTest {

    private static final Duration WITHIN = Duration.ofSeconds(10);

    private static final int PARTITIONS = 4;
    private static final Duration SOON = Duration.ofSeconds(20);

    static KafkaCluster cluster;

    @TempDir
    Path folder;

    private final BlockingQueue<DeviceId> eligible = new LinkedBlockingQueue<>();
    private final FakeParser parser = new FakeParser();
    private final List<StreamsDelivery> started = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;
    private SeenEvents status;
    private String prefix;
    private boolean push;
    private Duration lease = Duration.ofSeconds(3);

    @BeforeEach
    void topics() throws Exception {
        prefix = UUID.randomUUID().toString().substring(0, 8) + "-";
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            admin.createTopics(List.of("c", "x", "s", "u", "d").stream()
                            .map(name -> new NewTopic(prefix + name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        producer = new KafkaProducer<>(
                cluster.getKafkaClientConfiguration(), new ByteArraySerializer(), new ByteArraySerializer());
        status = new SeenEvents(cluster.getKafkaClientConfiguration(), prefix + "s", PARTITIONS, SOON);
    }

    @AfterEach
    void stop() {
        started.forEach(StreamsDelivery::close);
        producer.close();
        status.close();
    }

    @Test
    void aCommandIsQueuedHandedOutWithTheUplinkAndSent() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(Samples.parsedBy(command("dev", "r1"), "echo.py"));
        status.awaitStates("r1", "queued:0");

        HandOut.Offer offer = offer(delivery, "dev", "up1");
        assertThat(offer.bytes()).isEqualTo("r1".getBytes(StandardCharsets.UTF_8));
        assertThat(offer.attempt()).isEqualTo(1);
        assertThat(count(prefix + "u")).isEqualTo(1);
        delivery.sent(offer, Map.of("path", "/m"), Optional.empty());
        status.awaitStates("r1", "queued:0", "sending:1", "sent:1");
        StatusEvent sent = status.last("r1");
        assertThat(sent.isFinal()).isTrue();
        assertThat(sent.parser()).contains(FakeParser.VERSION);
        assertThat(sent.bytes()).contains(StatusEvent.SentBytes.of(offer.bytes()));

        assertThat(answer(delivery, "dev", "up2")).isInstanceOf(HandOut.Nothing.class);
        assertThat(records(prefix + "s")).allSatisfy(record -> {
            StatusEvent event = StatusJson.read(record.value()).ifValid().orElseThrow();
            assertThat(text(record, Headers.REQUEST_ID)).isEqualTo("r1");
            assertThat(text(record, Headers.STATE)).isEqualTo(event.state().word());
            assertThat(text(record, Headers.FINAL)).isEqualTo(String.valueOf(event.isFinal()));
            assertThat(text(record, Headers.PROTOCOL)).isEqualTo("coap");
            assertThat(text(record, Headers.ORIGIN)).isEqualTo("rest");
        });
    }

    @Test
    void commandsOfADeviceGoOneAfterTheOtherInOrder() throws Exception {
        StreamsDelivery delivery = ready("a");
        for (int i = 0; i < 5; i++) {
            send(command("dev", "r" + i));
        }
        status.awaitStates("r4", "queued:0");
        for (int i = 0; i < 5; i++) {
            HandOut.Offer offer = offer(delivery, "dev", "up" + i);
            assertThat(offer.command().requestId().value()).isEqualTo("r" + i);
            assertThat(answer(delivery, "dev", "meanwhile" + i)).isInstanceOf(HandOut.Nothing.class);
            delivery.sent(offer, Map.of(), Optional.empty());
        }
    }

    @Test
    void twoUplinksAtOnceNeverGetTheSameCommand() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(command("dev", "r1"));
        status.awaitStates("r1", "queued:0");
        List<CompletableFuture<HandOut>> answers = IntStream.range(0, 20)
                .mapToObj(i -> delivery.answer(
                                Samples.uplink("dev", "u" + i, Instant.now()), "exchange" + i, Map.of(), WITHIN)
                        .toCompletableFuture())
                .toList();
        long offers = answers.stream()
                .filter(a -> a.orTimeout(10, TimeUnit.SECONDS).join() instanceof HandOut.Offer)
                .count();
        assertThat(offers).isEqualTo(1);
    }

    @Test
    void aBadHeadFailsAtOnceAndTheNextOneGoesOut() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(Samples.parsedBy(command("dev", "bad"), "raises.py"));
        send(Samples.parsedBy(command("dev", "none"), "none.py"));
        send(command("dev", "good"));
        status.awaitStates("bad", "failed:0");
        status.awaitStates("none", "failed:0");
        assertThat(status.last("bad").reason()).contains(Reason.FORMAT_FAILED);
        assertThat(status.last("none").reason()).contains(Reason.UNKNOWN_COMMAND);
        assertThat(offer(delivery, "dev", "u").command().requestId().value()).isEqualTo("good");
        await().atMost(SOON).until(() -> count(prefix + "d") == 2);
    }

    @Test
    void aMissingParserIsWaitedForThenFailsAndHoldsNobodyBack() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(Samples.parsedBy(command("dev", "missing"), "missing.py"));
        send(command("dev", "good"));
        status.awaitStates("good", "queued:0");
        HandOut.Offer offer = offer(delivery, "dev", "u");
        assertThat(offer.command().requestId().value()).isEqualTo("good");
        status.awaitStates("missing", "queued:0", "failed:0");
        assertThat(status.last("missing").reason()).contains(Reason.PARSER_NOT_FOUND);
        assertThat(status.last("missing").message().orElseThrow()).contains("missing.py");
    }

    @Test
    void aParserThatComesInTimeIsUsed() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(Samples.parsedBy(command("dev", "r"), "missing.py"));
        status.awaitStates("r", "queued:0");
        assertThat(answer(delivery, "dev", "early")).isInstanceOf(HandOut.Nothing.class);
        parser.missingIsHere = true;
        await().atMost(SOON).until(() -> answer(delivery, "dev", "late") instanceof HandOut.Offer);
    }

    @Test
    void anAttemptWithoutOutcomeIsOfferedAgainAfterTheLeaseAlsoByANewProcess() throws Exception {
        StreamsDelivery first = ready("a");
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        assertThat(offer(first, "dev", "u1").attempt()).isEqualTo(1);
        crash(first);

        StreamsDelivery second = ready("b");
        await().atMost(SOON)
                .until(() -> answer(second, "dev", UUID.randomUUID().toString()) instanceof HandOut.Offer o
                        && o.attempt() == 2);
        status.awaitStates("r", "queued:0", "sending:1", "queued:1", "sending:2");
    }

    @Test
    void theSameExchangeGetsTheSameCommandAndAttempt() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        HandOut.Offer one = offer(delivery, "dev", "same");
        HandOut.Offer two = offer(delivery, "dev", "same");
        assertThat(two.attempt()).isEqualTo(one.attempt());
        assertThat(two.bytes()).isEqualTo(one.bytes());
        assertThat(answer(delivery, "dev", "other")).isInstanceOf(HandOut.Nothing.class);
    }

    @Test
    void aFinishedCommandIsNotHandedOutAgainByAProcessThatLostItsState() throws Exception {
        StreamsDelivery first = ready("a");
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        first.sent(offer(first, "dev", "u1"), Map.of(), Optional.empty());
        status.awaitStates("r", "queued:0", "sending:1", "sent:1");
        crash(first);

        // Another application id: nothing is left of the old store, all is read again from the topics.
        StreamsDelivery second = ready("fresh", "b");
        assertThat(answer(second, "dev", "u2")).isInstanceOf(HandOut.Nothing.class);
        send(command("dev", "r"));
        send(command("dev", "next"));
        status.awaitStates("next", "queued:0");
        assertThat(offer(second, "dev", "u3").command().requestId().value()).isEqualTo("next");
    }

    @Test
    void waitingCommandsSurviveACrashInOrder() throws Exception {
        StreamsDelivery first = ready("a");
        for (int i = 0; i < 50; i++) {
            send(command("dev" + i % 5, "r" + i));
        }
        status.awaitStates("r49", "queued:0");
        crash(first);
        StreamsDelivery second = ready("b");
        for (int device = 0; device < 5; device++) {
            for (int i = device; i < 50; i += 5) {
                HandOut.Offer offer = offer(second, "dev" + device, "u" + i);
                assertThat(offer.command().requestId().value()).isEqualTo("r" + i);
                second.sent(offer, Map.of(), Optional.empty());
            }
        }
    }

    @Test
    void anExpiredCommandNeverReachesTheDevice() throws Exception {
        StreamsDelivery delivery = ready("a");
        Instant now = Instant.now();
        send(Samples.command("dev", "r", now, now.plusMillis(4_000), Optional.empty(), Optional.empty()));
        status.awaitStates("r", "queued:0", "expired:0");
        assertThat(answer(delivery, "dev", "u")).isInstanceOf(HandOut.Nothing.class);
    }

    @Test
    void aFutureCommandWaitsForItsTimeAndLetsOthersPass() throws Exception {
        StreamsDelivery delivery = ready("a");
        Instant now = Instant.now();
        send(Samples.command(
                "dev", "later", now, now.plusSeconds(600), Optional.of(now.plusSeconds(4)), Optional.empty()));
        send(command("dev", "now"));
        status.awaitStates("now", "queued:0");
        HandOut.Offer offer = offer(delivery, "dev", "u1");
        assertThat(offer.command().requestId().value()).isEqualTo("now");
        delivery.sent(offer, Map.of(), Optional.empty());
        await().atMost(SOON)
                .until(() -> answer(delivery, "dev", UUID.randomUUID().toString()) instanceof HandOut.Offer);
    }

    @Test
    void aCancelledCommandNeverReachesTheDevice() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        Cancellation cancel = new Cancellation(new RequestId("r"), new DeviceId("dev"), Instant.now(), "a test");
        producer.send(new ProducerRecord<>(
                        prefix + "x", "dev".getBytes(StandardCharsets.UTF_8), CancellationJson.write(cancel)))
                .get(10, TimeUnit.SECONDS);
        status.awaitStates("r", "queued:0", "cancelled:0");
        assertThat(answer(delivery, "dev", "u")).isInstanceOf(HandOut.Nothing.class);
    }

    @Test
    void aRecordInTheWrongPartitionIsMovedOnceAndDelivered() throws Exception {
        StreamsDelivery delivery = ready("a");
        int home = Utils.toPositive(Utils.murmur2("dev".getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
        String json =
                "{\"device_id\":\"dev\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"parser_script_ref\":\"echo.py\"}";
        int wrong = (home + 1) % PARTITIONS;
        producer.send(new ProducerRecord<>(prefix + "c", wrong, null, json.getBytes(StandardCharsets.UTF_8)))
                .get(10, TimeUnit.SECONDS);
        String id = prefix + "c-" + wrong + "-0";
        status.awaitStates(id, "queued:0");
        assertThat(offer(delivery, "dev", "u").command().requestId().value()).isEqualTo(id);
        ConsumerRecord<byte[], byte[]> moved = records(prefix + "c").stream()
                .filter(r -> r.partition() == home)
                .findFirst()
                .orElseThrow();
        assertThat(moved.headers().lastHeader(Headers.MOVED_FROM).value())
                .isEqualTo(id.getBytes(StandardCharsets.UTF_8));
        assertThat(records(prefix + "c")).hasSize(2);
    }

    @Test
    void aRecordThatIsNoCommandFailsAndGoesToTheDeadLetters() throws Exception {
        ready("a");
        for (String text : List.of("{", "{\"device_id\":\"dev\",\"request_id\":\"bad\",\"protocol\":\"lora\"}")) {
            producer.send(new ProducerRecord<>(
                            prefix + "c",
                            "dev".getBytes(StandardCharsets.UTF_8),
                            text.getBytes(StandardCharsets.UTF_8)))
                    .get(10, TimeUnit.SECONDS);
        }
        status.awaitStates("bad", "failed:0");
        assertThat(status.last("bad").reason()).contains(Reason.INVALID_COMMAND);
        assertThat(status.last("bad").message().orElseThrow()).contains("protocol", "command_type", "payload");
        await().atMost(SOON).until(() -> count(prefix + "d") == 2);
        assertThat(records(prefix + "d")
                        .get(0)
                        .headers()
                        .lastHeader(Headers.REASON)
                        .value())
                .isEqualTo("INVALID_COMMAND".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aRouteThatPushesIsWokenForEachCommandAndSkipsTheQueue() throws Exception {
        push = true;
        // Longer than the second command waits for its turn before it is checked and queued.
        lease = Duration.ofSeconds(60);
        StreamsDelivery delivery = ready("a");
        send(command("dev", "r1"));
        await().atMost(SOON).until(() -> eligible.contains(new DeviceId("dev")));
        HandOut.Offer offer = (HandOut.Offer) delivery.push(new DeviceId("dev"), Map.of())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        send(command("dev", "r2"));
        status.awaitStates("r2", "queued:0");
        eligible.clear();
        delivery.sent(offer, Map.of("topic", "t"), Optional.of("no matching subscribers"));
        status.awaitStates("r1", "sending:1", "sent:1");
        await().atMost(SOON).until(() -> eligible.contains(new DeviceId("dev")));
    }

    @Test
    void whatFallsDueWhileNobodyOwnsTheDeviceIsLookedAtByTheNextOwner() throws Exception {
        push = true;
        StreamsDelivery first = ready("a");
        Instant now = Instant.now();
        Instant comes = now.plusSeconds(5);
        send(Samples.command("late", "later", now, now.plusSeconds(600), Optional.of(comes), Optional.empty()));
        send(Samples.command("doomed", "dies", now, comes, Optional.empty(), Optional.empty()));
        status.awaitStates("later", "queued:0");
        await().atMost(SOON).until(() -> eligible.contains(new DeviceId("doomed")));
        crash(first);
        await().atMost(SOON).until(() -> Instant.now().isAfter(comes));
        eligible.clear();

        ready("b");
        await().atMost(SOON).until(() -> eligible.contains(new DeviceId("late")));
        await().atMost(SOON).untilAsserted(() -> {
            status.look();
            assertThat(status.of("dies")).isNotEmpty();
            assertThat(status.last("dies").state()).isEqualTo(CommandState.EXPIRED);
        });
    }

    /** Nothing but being woken makes this route ask, so one lost wake-up leaves a command behind. */
    @Test
    void noWakeUpIsLostWhileCommandsComeInAndOutcomesAreTold() throws Exception {
        push = true;
        StreamsDelivery delivery = ready("a");
        Thread pusher = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    delivery.push(eligible.take(), Map.of()).thenAccept(handOut -> {
                        if (handOut instanceof HandOut.Offer offer) {
                            delivery.sent(offer, Map.of(), Optional.empty());
                        }
                    });
                }
            } catch (InterruptedException done) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < 400; i++) {
            producer.send(record(command("dev" + i % 7, "r" + i)));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            return status.look().stream().filter(StatusEvent::isFinal).count() >= 400;
        });
        pusher.interrupt();
        List<RequestId> twice = status.look().stream()
                .filter(e -> e.attempt() > 1)
                .map(StatusEvent::requestId)
                .distinct()
                .toList();
        assertThat(status.look().stream()
                        .filter(e -> twice.contains(e.requestId()))
                        .map(e -> e.requestId() + " " + e.state() + " " + e.attempt() + " " + e.at() + " "
                                + e.message().orElse("")))
                .isEmpty();
    }

    @Test
    void anAttemptThatDidNotLeaveIsRetriedAFewTimesAndThenFails() throws Exception {
        StreamsDelivery delivery = ready("a");
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        for (int attempt = 1; attempt <= 3; attempt++) {
            int number = attempt;
            HandOut.Offer[] offer = new HandOut.Offer[1];
            await().atMost(SOON).until(() -> {
                if (answer(delivery, "dev", "u" + number) instanceof HandOut.Offer o) {
                    offer[0] = o;
                    return true;
                }
                return false;
            });
            delivery.notSent(offer[0], "the socket was closed");
        }
        status.awaitStates("r", "queued:0", "sending:1", "queued:1", "sending:2", "queued:2", "sending:3", "failed:3");
        assertThat(status.last("r").reason()).contains(Reason.DELIVERY_FAILED);
        assertThat(status.last("r").message().orElseThrow()).contains("the socket was closed");
    }

    @Test
    void startingWithoutTopicsSaysWhatIsMissingAndGoesOnWhenTheyCome() throws Exception {
        String before = prefix;
        prefix = before + "late-";
        StreamsDelivery delivery = start(prefix + "app", "late");
        await().atMost(SOON).until(() -> delivery.notReadyBecause().orElse("").contains("topics are missing"));
        assertThat(answer(delivery, "dev", "u")).isInstanceOf(HandOut.NotRecorded.class);
        topics();
        prefix = before;
    }

    // --- means ------------------------------------------------------------------------------------------------------

    private StreamsDelivery ready(String instance) {
        return ready(prefix + "app", instance);
    }

    private StreamsDelivery ready(String application, String instance) {
        StreamsDelivery delivery = start(application, instance);
        await().atMost(Duration.ofSeconds(40))
                .until(() -> delivery.notReadyBecause().isEmpty());
        return delivery;
    }

    private StreamsDelivery start(String application, String instance) {
        Route route = new Route() {
            @Override
            public Protocol protocol() {
                return Protocol.COAP;
            }

            @Override
            public Optional<String> refusal(Command command) {
                return Optional.empty();
            }

            @Override
            public boolean startsAtOnce() {
                return push;
            }

            @Override
            public boolean eligible(DeviceId device) {
                eligible.add(device);
                return true;
            }
        };
        StreamsDelivery delivery = StreamsDelivery.start(
                KafkaSettings.of(cluster.getKafkaClientConfiguration()),
                new TestConfig(application, instance),
                route,
                parser,
                Clock.systemUTC(),
                new SimpleMeterRegistry());
        started.add(delivery);
        return delivery;
    }

    /** Stops it without any further event; what it held in memory is gone. */
    private void crash(StreamsDelivery delivery) {
        delivery.close();
        started.remove(delivery);
    }

    private static Command command(String device, String id) {
        Instant now = Instant.now();
        return Samples.command(device, id, now, now.plusSeconds(3_600), Optional.empty(), Optional.empty());
    }

    private void send(Command command) throws Exception {
        producer.send(record(command)).get(10, TimeUnit.SECONDS);
    }

    private ProducerRecord<byte[], byte[]> record(Command command) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                prefix + "c", command.deviceId().value().getBytes(StandardCharsets.UTF_8), CommandJson.write(command));
        record.headers()
                .add(Headers.ORIGIN, utf8("rest"))
                .add(Headers.REQUEST_ID, utf8(command.requestId().value()))
                .add(Headers.PROTOCOL, utf8("coap"));
        return record;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private HandOut answer(StreamsDelivery delivery, String device, String exchange) {
        return delivery.answer(Samples.uplink(device, exchange, Instant.now()), exchange, Map.of("path", "/m"), WITHIN)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private HandOut.Offer offer(StreamsDelivery delivery, String device, String exchange) {
        HandOut handOut = answer(delivery, device, exchange);
        assertThat(handOut).isInstanceOf(HandOut.Offer.class);
        return (HandOut.Offer) handOut;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    private int count(String topic) {
        return records(topic).size();
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                cluster.getKafkaClientConfiguration(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    private final class TestConfig implements DeliveryConfig {
        private final String application;
        private final String instance;

        TestConfig(String application, String instance) {
            this.application = application;
            this.instance = instance;
        }

        @Override
        public String applicationId() {
            return application;
        }

        @Override
        public String instanceId() {
            return instance;
        }

        @Override
        public String stateDir() {
            return folder.resolve(instance).toString();
        }

        @Override
        public Topics topics() {
            String p = prefix;
            return new Topics() {
                @Override
                public String commands() {
                    return p + "c";
                }

                @Override
                public String cancellations() {
                    return p + "x";
                }

                @Override
                public String status() {
                    return p + "s";
                }

                @Override
                public String uplinks() {
                    return p + "u";
                }

                @Override
                public String deadLetters() {
                    return p + "d";
                }
            };
        }

        @Override
        public int standbys() {
            return 0;
        }

        @Override
        public int stateReplication() {
            return 1;
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public Duration sessionTimeout() {
            return Duration.ofSeconds(15);
        }

        @Override
        public int storeMemoryMib() {
            return 16;
        }

        @Override
        public Duration defaultExpiry() {
            return Duration.ofDays(7);
        }

        @Override
        public Duration maxExpiry() {
            return Duration.ofDays(30);
        }

        @Override
        public int waitingPerDevice() {
            return 100;
        }

        @Override
        public Duration attemptLease() {
            return lease;
        }

        @Override
        public int maxAttempts() {
            return 3;
        }

        @Override
        public Duration parserWait() {
            return Duration.ofSeconds(3);
        }

        @Override
        public Duration deadlineInterval() {
            return Duration.ofMillis(200);
        }

        @Override
        public boolean ownsInvalidCommands() {
            return true;
        }
    }

    /** Plays the script engine: the request id is the bytes, and some references behave badly. */
    private static final class FakeParser implements PayloadParser {

        static final ParserVersion VERSION = new ParserVersion(new ParserRef("echo.py"), Digest.of(new byte[] {1}));

        volatile boolean missingIsHere;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void whenAvailable(Consumer<ParserRef> listener) {}

        @Override
        public CompletionStage<Formatted> format(
                ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
            Formatted bytes = new Formatted.Bytes(
                    command.requestId().value().getBytes(StandardCharsets.UTF_8), VERSION, Map.of(), List.of());
            return CompletableFuture.completedFuture(
                    switch (ref.value()) {
                        case "raises.py" ->
                            new Formatted.Refused(Reason.FORMAT_FAILED, "ValueError: no", Optional.of(VERSION));
                        case "none.py" ->
                            new Formatted.Refused(Reason.UNKNOWN_COMMAND, "returned None", Optional.of(VERSION));
                        case "missing.py" -> missingIsHere ? bytes : new Formatted.Missing(ref);
                        default -> bytes;
                    });
        }

        @Override
        public CompletionStage<Matched> matchReply(
                ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config) {
            return CompletableFuture.completedStage(new Matched.Missing(ref));
        }

        @Override
        public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
            return CompletableFuture.completedFuture(new Parsed.Missing(ref));
        }
    }
}
