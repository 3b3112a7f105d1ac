package io.preservarium.pusher.delivery.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryConfig.Topics;
import io.preservarium.pusher.delivery.FakeParser;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.MovedClock;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.TestRoute;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.RecordLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong around a command costs it no attempt, ends it not too early and holds up no other. */
@ExtendWith(KafkaClusterExtension.class)
class DeliveryFaultsTest {

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    /** Of an attempt or of waiting for a script; nothing here takes so long. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final int PARTITIONS = 2;
    /** The broker takes no larger uplink, though delivery would write it. */
    private static final int LARGEST_UPLINK = 20_000;

    static KafkaCluster cluster;

    @TempDir
    Path folder;

    private final Topics topics =
            TestConfig.TestTopics.startingWith(UUID.randomUUID().toString().substring(0, 8) + "-");
    private final MovedClock clock = new MovedClock();
    private final FakeParser parser = new FakeParser();
    private final List<StreamsDelivery> started = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;
    private SeenEvents status;

    @BeforeEach
    void makeTopics() throws Exception {
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            Stream<NewTopic> plain = Stream.of(
                            topics.commands(), topics.cancellations(), topics.status(), topics.deadLetters())
                    .map(DeliveryFaultsTest::topic);
            NewTopic uplinks = topic(topics.uplinks())
                    .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(LARGEST_UPLINK)));
            admin.createTopics(Stream.concat(plain, Stream.of(uplinks)).toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        producer = new KafkaProducer<>(
                cluster.getKafkaClientConfiguration(), new ByteArraySerializer(), new ByteArraySerializer());
        status = new SeenEvents(cluster.getKafkaClientConfiguration(), topics.status(), PARTITIONS, SOON);
    }

    @AfterEach
    void stop() {
        started.forEach(StreamsDelivery::close);
        producer.close();
        status.close();
    }

    // --- the wall clock is set --------------------------------------------------------------------------------------

    /** More than an hour ahead of the broker's clock no record is taken with the time of this one. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1, 2})
    void aClockStepEndsNoLeaseAndForgetsNoHandOut(int hours) throws Exception {
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("dev", "first"), command("dev", "second"), command("other", "third"));
        status.awaitStates("first", "queued:0");
        status.awaitStates("second", "queued:0");
        status.awaitStates("third", "queued:0");
        HandOut.Offer offer = offer(delivery, "dev", "before");

        clock.step(HOUR.multipliedBy(hours));
        awaitReady(delivery);
        assertThat(answer(delivery, "dev", "after")).isInstanceOf(HandOut.Nothing.class);
        assertThat(offer(delivery, "other", "after").command().requestId().value())
                .isEqualTo("third");

        delivery.sent(offer, Map.of(), Optional.empty());
        status.awaitStates("first", "queued:0", "sending:1", "sent:1");
        assertThat(offer(delivery, "dev", "next").command().requestId().value()).isEqualTo("second");
    }

    @Test
    void anAttemptWithoutOutcomeIsFreeAfterItsLeaseThoughTheClockWasSetBack() throws Exception {
        StreamsDelivery delivery = ready(config("a"));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        offer(delivery, "dev", "before");
        clock.step(HOUR.negated());
        awaitOffer(delivery, "dev", 2);
    }

    // --- scripts that are away --------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMissingScriptIsWaitedForUntilTheFirstDeadlineThoughTheProcessStartedAnew(boolean keepsItsState)
            throws Exception {
        parser.lose("late.py");
        StreamsDelivery first = ready(config("a").waitingForParsers(HOUR));
        send(Samples.parsedBy(command("dev", "r"), "late.py"));
        status.awaitStates("r", "queued:0");
        assertThat(status.last("r").reason()).contains(Reason.WAITING_FOR_PARSER);
        clock.step(Duration.ofMinutes(40));
        awaitReady(first);
        first.close();
        started.remove(first);

        StreamsDelivery second = ready((keepsItsState ? config("a") : fresh("b")).waitingForParsers(HOUR));
        clock.step(Duration.ofMinutes(15));
        awaitReady(second);
        assertThat(answer(second, "dev", "early")).isInstanceOf(HandOut.Nothing.class);
        status.awaitStates("r", "queued:0");
        clock.step(Duration.ofMinutes(6));
        status.awaitStates("r", "queued:0", "failed:0");
        assertThat(status.last("r").reason()).contains(Reason.PARSER_NOT_FOUND);
    }

    @Test
    void aScriptThatVanishesAfterItsCommandWasQueuedIsWaitedForAndThenMissing() throws Exception {
        loseTheScriptOfAQueuedCommand();
        status.awaitStates("r", "queued:0", "failed:0");
        assertThat(status.last("r").reason()).contains(Reason.PARSER_NOT_FOUND);
    }

    @Test
    void aScriptThatVanishesAndComesBackInTimeDelaysItsCommand() throws Exception {
        StreamsDelivery delivery = loseTheScriptOfAQueuedCommand();
        parser.release("gone.py");
        int before = parser.asked("gone.py");
        await().atMost(SOON).until(() -> parser.asked("gone.py") > before);
        assertThat(offer(delivery, "dev", "two").command().requestId().value()).isEqualTo("r");
    }

    private StreamsDelivery loseTheScriptOfAQueuedCommand() throws Exception {
        StreamsDelivery delivery = ready(config("a").waitingForParsers(Duration.ofSeconds(2)));
        send(Samples.parsedBy(command("dev", "r"), "gone.py"));
        status.awaitStates("r", "queued:0");
        parser.lose("gone.py");
        assertThat(answer(delivery, "dev", "one")).isInstanceOf(HandOut.Nothing.class);
        return delivery;
    }

    @Test
    void aQuarantinedScriptDelaysItsCommandHoweverLongAndHoldsUpNoOther() throws Exception {
        parser.quarantine("slow.py");
        StreamsDelivery delivery = ready(config("a").waitingForParsers(Duration.ofMinutes(1)));
        send(Samples.parsedBy(command("dev", "waits"), "slow.py"), command("dev", "passes"));
        status.awaitStates("waits", "queued:0");
        status.awaitStates("passes", "queued:0");
        assertThat(status.last("waits").reason()).contains(Reason.WAITING_FOR_PARSER);
        HandOut.Offer other = offer(delivery, "dev", "first");
        assertThat(other.command().requestId().value()).isEqualTo("passes");
        delivery.sent(other, Map.of(), Optional.empty());
        status.awaitStates("passes", "queued:0", "sending:1", "sent:1");

        for (int i = 0; i < 2; i++) {
            int before = parser.asked("slow.py");
            // By the deadlines of the book alone, and then by an uplink.
            await().atMost(SOON).pollInterval(Duration.ofMillis(400)).until(() -> {
                clock.step(Duration.ofMinutes(1));
                return parser.asked("slow.py") > before;
            });
            awaitReady(delivery);
            assertThat(answer(delivery, "dev", UUID.randomUUID().toString())).isInstanceOf(HandOut.Nothing.class);
        }
        status.awaitStates("waits", "queued:0");
        parser.release("slow.py");
        awaitOffer(delivery, "dev", 1);
        status.awaitStates("waits", "queued:0", "sending:1");
    }

    /** Its expiry was settled when it was accepted; read again, it is the same command. */
    @Test
    void aCommandWithoutAnExpiryWhoseTimeIsMoreThanADayAwayGoesOutThen() throws Exception {
        StreamsDelivery first = ready(config("a"));
        String json = String.format(
                "{\"request_id\":\"r\",\"device_id\":\"dev\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\","
                        + "\"parser_script_ref\":\"echo.py\",\"not_before\":\"%s\"}",
                clock.instant().plus(Duration.ofMinutes(24 * 60 + 20)));
        producer.send(new ProducerRecord<>(
                        topics.commands(),
                        "dev".getBytes(StandardCharsets.UTF_8),
                        json.getBytes(StandardCharsets.UTF_8)))
                .get(10, TimeUnit.SECONDS);
        status.awaitStates("r", "queued:0");
        first.close();
        started.remove(first);

        StreamsDelivery second = ready(config("a"));
        clock.step(Duration.ofMinutes(24 * 60 + 30));
        awaitOffer(second, "dev", 1);
        status.awaitStates("r", "queued:0", "sending:1");
    }

    // --- uplinks that cannot be answered ----------------------------------------------------------------------------

    @Test
    void anUplinkThatCanNoLongerBeAnsweredCostsNoAttempt() throws Exception {
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        assertThat(answer(delivery, uplink("late"), Duration.ZERO)).isInstanceOf(HandOut.Nothing.class);
        assertThat(answer(delivery, uplink("later"), Duration.ofSeconds(-5))).isInstanceOf(HandOut.Nothing.class);
        assertThat(offer(delivery, "dev", "in-time").attempt()).isEqualTo(1);
        status.awaitStates("r", "queued:0", "sending:1");
    }

    @Test
    void anUplinkWhoseTimePassesWhileTheCommandIsFormattedCostsNoAttempt() throws Exception {
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        CompletableFuture<Void> formatting = parser.takesTime();
        Duration within = Duration.ofMillis(20);
        CompletableFuture<HandOut> late =
                delivery.answer(uplink("late"), "late", Map.of(), within).toCompletableFuture();
        long end = System.nanoTime() + within.toNanos();
        await().atMost(SOON).until(() -> System.nanoTime() - end > 0);
        formatting.complete(null);
        assertThat(late.get(10, TimeUnit.SECONDS)).isInstanceOf(HandOut.Nothing.class);
        assertThat(offer(delivery, "dev", "in-time").attempt()).isEqualTo(1);
        status.awaitStates("r", "queued:0", "sending:1");
    }

    @Test
    void anUplinkThatNoRecordHoldsCostsNoAttempt() throws Exception {
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        HandOut handOut = answer(delivery, uplink("huge", new byte[RecordLimits.STANDARD.maxRecordBytes()]), WITHIN);
        assertThat(handOut).isInstanceOf(HandOut.TooLarge.class);
        assertThat(offer(delivery, "dev", "small").attempt()).isEqualTo(1);
        status.awaitStates("r", "queued:0", "sending:1");
    }

    @Test
    void anUplinkThatTheBrokerFindsTooLargeFreesTheAttemptAtOnce() throws Exception {
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        byte[] large = new byte[LARGEST_UPLINK];
        new Random(1).nextBytes(large);
        assertThat(answer(delivery, uplink("large", large), WITHIN)).isInstanceOf(HandOut.TooLarge.class);
        HandOut.Offer offer = offer(delivery, "dev", "small");
        assertThat(offer.command().requestId().value()).isEqualTo("r");
        delivery.sent(offer, Map.of(), Optional.empty());
        status.awaitStates("r", "queued:0", "sending:1", "queued:1", "sending:2", "sent:2");
    }

    // --- far more than may wait -------------------------------------------------------------------------------------

    /** The bound below is the least that the pauses take together, however fast the machine is. */
    @Test
    void aFloodForOneDeviceIsReadInStepsWhileAnotherWaitsForItsAnswer() throws Exception {
        int refused = 3_000;
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        send(command("other", "r"));
        status.awaitStates("r", "queued:0");
        CompletableFuture<Void> formatting = parser.takesTime();
        CompletableFuture<HandOut> answer = delivery.answer(
                        Samples.uplink("other", "waits", clock.instant()), "waits", Map.of(), LONG)
                .toCompletableFuture();

        long start = System.nanoTime();
        for (int n = 0; n < config("a").waitingPerDevice() + refused; n++) {
            var unused = producer.send(record(command("dev", "flood-" + n)));
        }
        await().atMost(SOON)
                .until(() -> status.look().stream()
                                .filter(event -> event.reason().equals(Optional.of(Reason.QUEUE_FULL)))
                                .count()
                        == refused);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(refused - 250));

        formatting.complete(null);
        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(HandOut.Offer.class);
    }

    // --- records of others ------------------------------------------------------------------------------------------

    /** As load tools and old clients write it; the Java producer refuses it when asked, other clients do not. */
    private static final class Timeless extends ProducerRecord<byte[], byte[]> {
        private Timeless(String topic, byte[] key, byte[] value) {
            super(topic, key, value);
        }

        @Override
        public Long timestamp() {
            return -1L;
        }
    }

    @Test
    void recordsWithANegativeTimeAreReadAsOfNow() throws Exception {
        StreamsDelivery delivery = ready(config("a"));
        Command timeless = command("dev", "timeless");
        byte[] key = HomePartitions.key(timeless.deviceId());
        producer.send(new Timeless(topics.commands(), key, CommandJson.write(timeless)))
                .get(10, TimeUnit.SECONDS);
        send(command("dev", "good"));
        status.awaitStates("timeless", "queued:0");
        status.awaitStates("good", "queued:0");
        producer.send(new Timeless(topics.cancellations(), key, cancellation(timeless)))
                .get(10, TimeUnit.SECONDS);
        status.awaitStates("timeless", "queued:0", "cancelled:0");
        StatusEvent failed = StatusEvent.about(command("dev", "good"), CommandState.QUEUED, clock.instant(), "other")
                .build();
        producer.send(new Timeless(topics.status(), key, StatusJson.write(failed)))
                .get(10, TimeUnit.SECONDS);
        assertThat(offer(delivery, "dev", "u").command().requestId().value()).isEqualTo("good");
    }

    @Test
    void whatATransactionAbortedIsNeverCarriedOutAndMarkersHoldUpNoRestart() throws Exception {
        StreamsDelivery first = ready(config("a"));
        send(command("dev", "waits"), command("dev", "barrier"));
        status.awaitStates("barrier", "queued:0");
        Map<String, Object> settings = new HashMap<>(cluster.getKafkaClientConfiguration());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.commands());
        try (KafkaProducer<byte[], byte[]> transactional =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            transactional.initTransactions();
            transactional.beginTransaction();
            transactional.send(record(command("dev", "aborted")));
            transactional.send(cancellationRecord(command("dev", "waits")));
            transactional.flush();
            transactional.abortTransaction();

            transactional.beginTransaction();
            transactional.send(record(command("dev", "committed")));
            transactional.send(cancellationRecord(command("dev", "barrier")));
            for (String topic : List.of(topics.commands(), topics.cancellations(), topics.status())) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    ProducerRecord<byte[], byte[]> others =
                            new ProducerRecord<>(topic, partition, new byte[0], new byte[0]);
                    others.headers().add(Headers.PROTOCOL, "mqtt".getBytes(StandardCharsets.UTF_8));
                    transactional.send(others);
                }
            }
            transactional.commitTransaction();
        }
        status.awaitStates("committed", "queued:0");
        status.awaitStates("barrier", "queued:0", "cancelled:0");
        status.awaitStates("waits", "queued:0");
        status.awaitStates("aborted");
        first.close();
        started.remove(first);

        StreamsDelivery second = ready(fresh("b"));
        assertThat(offer(second, "dev", "u").command().requestId().value()).isEqualTo("waits");
    }

    /** Two million characters: more than any record holds. */
    @Test
    void whateverAScriptSaysAtLengthTheCommandEndsAndTheNextOneGoesOut() throws Exception {
        String length = "x".repeat(2_000_000);
        ParserVersion version = new ParserVersion(new ParserRef("any.py"), Digest.of(new byte[] {1}));
        byte[] bytes = {1};
        parser.answers("warns.py", new Formatted.Bytes(bytes, version, Map.of(), List.of(length, length)));
        parser.answers("facts.py", new Formatted.Bytes(bytes, version, Map.of("f", length), List.of()));
        parser.answers("throws.py", new Formatted.Refused(Reason.FORMAT_FAILED, length, Optional.of(version)));
        parser.answers("bytes.py", new Formatted.Bytes(new byte[2_000_000], version, Map.of(), List.of()));
        StreamsDelivery delivery = ready(config("a").leasing(LONG));
        for (String script : List.of("warns", "facts", "throws", "bytes")) {
            send(Samples.parsedBy(command(script, script), script + ".py"), command(script, script + "-next"));
        }
        for (String script : List.of("warns", "facts", "throws", "bytes")) {
            status.awaitStates(script + "-next", "queued:0");
        }
        for (String script : List.of("warns", "facts")) {
            HandOut.Offer offer = offer(delivery, script, "first");
            assertThat(offer.command().requestId().value()).isEqualTo(script);
            delivery.sent(offer, Map.of(), Optional.empty());
            status.awaitStates(script, "queued:0", "sending:1", "sent:1");
        }
        assertThat(status.last("warns").message().orElseThrow())
                .startsWith("xxx")
                .hasSizeLessThanOrEqualTo(1_000);
        status.awaitStates("throws", "failed:0");
        assertThat(status.last("throws").message().orElseThrow())
                .startsWith("xxx")
                .hasSizeLessThanOrEqualTo(1_000);
        assertThat(answer(delivery, "bytes", "first")).isInstanceOf(HandOut.NotReady.class);
        status.awaitStates("bytes", "queued:0", "failed:0");
        assertThat(status.last("bytes").reason()).contains(Reason.PAYLOAD_TOO_LARGE);
        for (String script : List.of("warns", "facts", "throws", "bytes")) {
            assertThat(offer(delivery, script, "next").command().requestId().value())
                    .isEqualTo(script + "-next");
        }
    }

    private byte[] cancellation(Command command) {
        return CancellationJson.write(
                new Cancellation(command.requestId(), command.deviceId(), clock.instant(), "a test"));
    }

    private ProducerRecord<byte[], byte[]> cancellationRecord(Command command) {
        return new ProducerRecord<>(
                topics.cancellations(), HomePartitions.key(command.deviceId()), cancellation(command));
    }

    // --- retransmissions --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRepeatedExchangeGetsTheIdenticalBytesFromAProcessThatLostItsState(boolean evidenceWasWritten)
            throws Exception {
        StreamsDelivery first = ready(config("a").leasing(LONG));
        send(command("dev", "r"));
        status.awaitStates("r", "queued:0");
        HandOut.Offer offer = offer(first, "dev", "same");
        if (evidenceWasWritten) {
            first.sent(offer, Map.of(), Optional.empty());
            status.awaitStates("r", "queued:0", "sending:1", "sent:1");
        }
        first.close();
        started.remove(first);

        StreamsDelivery second = ready(fresh("b").leasing(LONG));
        assertThat(bytes(answer(second, "dev", "same"))).isEqualTo(offer.bytes());
        assertThat(bytes(answer(second, "dev", "same"))).isEqualTo(offer.bytes());
        assertThat(answer(second, "dev", "another")).isInstanceOf(HandOut.Nothing.class);
        status.awaitStates(
                "r",
                evidenceWasWritten
                        ? new String[] {"queued:0", "sending:1", "sent:1"}
                        : new String[] {"queued:0", "sending:1"});
    }

    private static byte[] bytes(HandOut handOut) {
        return switch (handOut) {
            case HandOut.Offer offer -> offer.bytes();
            case HandOut.Again(byte[] again) -> again;
            case HandOut.Nothing none -> throw new AssertionError(none);
            case HandOut.NotReady none -> throw new AssertionError(none);
            case HandOut.NotRecorded none -> throw new AssertionError(none);
            case HandOut.TooLarge none -> throw new AssertionError(none);
        };
    }

    // --- means ------------------------------------------------------------------------------------------------------

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) 1);
    }

    private TestConfig config(String instance) {
        return TestConfig.of("app-" + topics.commands(), instance, folder, topics);
    }

    /** Nothing is left of an earlier store: all is read again from the topics. */
    private TestConfig fresh(String instance) {
        return TestConfig.of("fresh-" + topics.commands(), instance, folder, topics);
    }

    private StreamsDelivery ready(TestConfig config) {
        StreamsDelivery delivery = StreamsDelivery.start(
                KafkaSettings.of(cluster.getKafkaClientConfiguration()),
                config,
                TestRoute.answering(),
                parser,
                clock,
                new SimpleMeterRegistry());
        started.add(delivery);
        awaitReady(delivery);
        return delivery;
    }

    /** Also after a clock step, which makes the coordinator's last word too old or too new. */
    private static void awaitReady(StreamsDelivery delivery) {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> delivery.notReadyBecause().isEmpty());
    }

    private Command command(String device, String id) {
        Instant now = clock.instant();
        return Samples.command(device, id, now, now.plus(Duration.ofDays(1)), Optional.empty(), Optional.empty());
    }

    private void send(Command... commands) throws Exception {
        for (Command command : commands) {
            producer.send(record(command)).get(10, TimeUnit.SECONDS);
        }
    }

    private ProducerRecord<byte[], byte[]> record(Command command) {
        return new ProducerRecord<>(
                topics.commands(), HomePartitions.key(command.deviceId()), CommandJson.write(command));
    }

    private Uplink uplink(String id) {
        return Samples.uplink("dev", id, clock.instant());
    }

    private Uplink uplink(String id, byte[] payload) {
        Uplink small = uplink(id);
        return new Uplink(
                small.uplinkId(),
                small.deviceId(),
                small.protocol(),
                small.receivedAt(),
                small.source(),
                small.address(),
                small.method(),
                payload,
                small.parser(),
                small.outputs(),
                small.error());
    }

    private HandOut answer(StreamsDelivery delivery, String device, String exchange) {
        return answer(delivery, Samples.uplink(device, exchange, clock.instant()), WITHIN);
    }

    private static HandOut answer(StreamsDelivery delivery, Uplink uplink, Duration within) {
        return delivery.answer(uplink, uplink.uplinkId(), Map.of(), within)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private HandOut.Offer offer(StreamsDelivery delivery, String device, String exchange) {
        HandOut handOut = answer(delivery, device, exchange);
        assertThat(handOut).isInstanceOf(HandOut.Offer.class);
        return (HandOut.Offer) handOut;
    }

    private void awaitOffer(StreamsDelivery delivery, String device, int attempt) {
        await().atMost(SOON)
                .until(() -> answer(delivery, device, UUID.randomUUID().toString()) instanceof HandOut.Offer offer
                        && offer.attempt() == attempt);
    }
}
