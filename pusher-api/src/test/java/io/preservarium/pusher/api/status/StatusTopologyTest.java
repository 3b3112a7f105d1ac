package io.preservarium.pusher.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.calls.messages.CommandStatusResponse;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.RecordLimit;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.Topics;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.store.StoreMemory;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test driver has one partition, 0; the topics pretend to have 8. */
class StatusTopologyTest {

    private static final int PARTITIONS = 8;
    private static final Instant START = Instant.parse("2026-11-21T01:52:00Z");
    private static final Duration RETENTION = Duration.ofHours(72);
    private static final DeviceId HERE = deviceOf(0);
    private static final DeviceId ELSEWHERE = deviceOf(3);
    private static final RequestId ID = new RequestId("order-17");
    private static final ParserVersion PARSER = new ParserVersion(new ParserRef("p.py"), Digest.of(new byte[] {1}));
    private static final RowReader READER = new RowReader(ExpiryRule.STANDARD);
    private static final TopicPartition STATUS_0 = new TopicPartition(Topics.STATUS, 0);

    @TempDir
    private Path state;

    private final ReadPositions positions = new ReadPositions();
    private final Counts counts = new Counts(new SimpleMeterRegistry());
    private final List<CompletableFuture<Long>> asked = new ArrayList<>();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> commands;
    private TestInputTopic<byte[], byte[]> statuses;
    private TestOutputTopic<byte[], byte[]> written;

    @BeforeEach
    void start() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "view");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        driver = new TopologyTestDriver(
                StatusTopology.build(
                        new StatusTopology.Settings(
                                new CommandRecords(Topics.COMMANDS, ExpiryRule.STANDARD, RecordLimits.STANDARD),
                                new StatusRecords(Topics.STATUS, RecordLimits.STANDARD),
                                new HomePartitions(PARTITIONS),
                                RETENTION,
                                this::statusEnd),
                        positions,
                        counts),
                settings,
                START);
        commands = driver.createInputTopic(Topics.COMMANDS, new ByteArraySerializer(), new ByteArraySerializer());
        statuses = driver.createInputTopic(Topics.STATUS, new ByteArraySerializer(), new ByteArraySerializer());
        written = driver.createOutputTopic(Topics.STATUS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private CompletionStage<Long> statusEnd(int partition) {
        assertThat(partition).isZero();
        CompletableFuture<Long> end = new CompletableFuture<>();
        asked.add(end);
        return end;
    }

    @Test
    void acceptedAtIsTheTimeOfTheRecord() {
        command(body(HERE, "\"expect\":\"succeeded\",\"parser_script_ref\":\"p.py\""), START);
        CommandStatusResponse status = status();
        assertThat(status.state()).isEqualTo("accepted");
        assertThat(status.acceptedAt()).hasValue(START);
        assertThat(status.expiresAt()).hasValue(START.plus(Duration.ofDays(7)));
        assertThat(status.parser().orElseThrow().ref()).isEqualTo("p.py");
        assertThat(status.history()).hasSize(1);
        assertThat(status.history().getFirst().source()).isEqualTo("kafka");
    }

    @Test
    void evidenceIsFoldedIntoTheStateAndKeptAsHistory() {
        command(body(HERE, ""), START);
        event(CommandState.QUEUED, 0, 1);
        event(CommandState.SENDING, 1, 2);
        event(CommandState.SENT, 1, 3);
        CommandStatusResponse status = status();
        assertThat(status.state()).isEqualTo("sent");
        assertThat(status._final()).isTrue();
        assertThat(status.queuedAt()).hasValue(START.plusSeconds(1));
        assertThat(status.sentAt()).hasValue(START.plusSeconds(3)).isEqualTo(status.finishedAt());
        assertThat(status.attempts()).isEqualTo(1);
        assertThat(status.parser().orElseThrow().sha256())
                .hasValue(PARSER.sha256().hex());
        assertThat(status.bytes().orElseThrow().length()).isEqualTo(3);
        assertThat(status.delivery().orElseThrow()).containsEntry("path", "/m").doesNotContainKey("nothing");
        assertThat(states(status)).containsExactly("accepted", "queued", "sending", "sent");
    }

    @Test
    void eventsBeforeTheCommandAreCompletedByIt() {
        event(CommandState.QUEUED, 0, 1);
        CommandStatusResponse early = status();
        assertThat(early.state()).isEqualTo("queued");
        assertThat(early.acceptedAt()).isEmpty();
        assertThat(early.commandType()).hasValue("reboot");
        command(body(HERE, ""), START);
        assertThat(status().acceptedAt()).hasValue(START);
        assertThat(states(status())).containsExactly("accepted", "queued");
    }

    @Test
    void repeatedEventsAreOneAndLateOnesAreMarked() {
        command(body(HERE, ""), START);
        event(CommandState.SENDING, 1, 1);
        event(CommandState.SENDING, 1, 1);
        event(CommandState.SENT, 1, 2);
        event(CommandState.DELIVERED, 1, 3);
        event(CommandState.DELIVERED, 1, 3);
        CommandStatusResponse status = status();
        assertThat(status.state()).isEqualTo("sent");
        assertThat(states(status)).containsExactly("accepted", "sending", "sent", "delivered");
        assertThat(status.history().get(2).late()).isFalse();
        assertThat(status.history().get(3).late()).isTrue();
    }

    @Test
    void theFirstRecordOfAnIdentityCounts() {
        command(body(HERE, ""), START);
        command(body(HERE, "").replace("reboot", "update"), START.plusSeconds(9));
        assertThat(status().commandType()).hasValue("reboot");
        assertThat(status().acceptedAt()).hasValue(START);
    }

    @Test
    void aRecordInTheWrongPartitionMakesNoRow() {
        command(body(ELSEWHERE, ""), START);
        assertThat(row(ID, ELSEWHERE)).isEmpty();
        statuses.pipeInput(new byte[0], StatusJson.write(event(ELSEWHERE, CommandState.QUEUED, 0, 1)), START);
        assertThat(row(ID, ELSEWHERE)).isEmpty();
    }

    @Test
    void aRecordWithoutAnIdIsNamedByWhereItFirstStood() {
        String nameless = body(HERE, "").replace("\"request_id\":\"order-17\",", "");
        command(nameless, START);
        assertThat(row(new RequestId(Topics.COMMANDS + "-0-0"), HERE)).isPresent();
        RecordHeaders moved = new RecordHeaders();
        moved.add(Headers.MOVED_FROM, "device_commands-5-77".getBytes(StandardCharsets.UTF_8));
        moved.add(Headers.ORIGIN, "k8s".getBytes(StandardCharsets.UTF_8));
        commands.pipeInput(new TestRecord<>(new byte[0], nameless.getBytes(StandardCharsets.UTF_8), moved, START));
        CommandRow row = row(new RequestId("device_commands-5-77"), HERE).orElseThrow();
        assertThat(row.accepted().orElseThrow().origin())
                .as("written by nobody of ours")
                .isEqualTo(Origin.KAFKA);
    }

    @Test
    void anInvalidRecordOfAKnownDeviceHasAStatus() {
        command(body(HERE, "").replace("\"coap\"", "\"lora\""), START);
        assertThat(status().state()).isEqualTo("accepted");
        assertThat(status().protocol()).isEmpty();
        statuses.pipeInput(
                new byte[0],
                StatusJson.write(StatusEvent.invalid(ID, HERE, START, "coap-connector", "no such protocol")),
                START);
        assertThat(status().state()).isEqualTo("failed");
        assertThat(status().reason()).hasValue("INVALID_COMMAND");
    }

    @Test
    void rubbishIsSteppedOver() {
        commands.pipeInput(null, "{".getBytes(StandardCharsets.UTF_8), START);
        commands.pipeInput(null, null, START);
        statuses.pipeInput(null, "nothing".getBytes(StandardCharsets.UTF_8), START);
        statuses.pipeInput(null, null, START);
        statuses.pipeInput(
                null,
                new String(StatusJson.write(event(HERE, CommandState.QUEUED, 0, 1)), StandardCharsets.UTF_8)
                        .replace("queued", "accepted")
                        .getBytes(StandardCharsets.UTF_8),
                START);
        command(body(HERE, ""), START);
        assertThat(status().state()).isEqualTo("accepted");
        assertThat(counts.snapshot().statusRecordsSkipped()).isEqualTo(3);
    }

    @Test
    void aFinishedCommandIsForgottenAfterTheRetention() {
        command(body(HERE, ""), START);
        event(CommandState.FAILED, 0, 1);
        driver.advanceWallClockTime(RETENTION);
        assertThat(row(ID, HERE)).isPresent();
        driver.advanceWallClockTime(Duration.ofSeconds(3));
        assertThat(row(ID, HERE)).isEmpty();
        assertThat(store().keys(Bytes.wrap(new byte[] {0}), Bytes.wrap(new byte[] {(byte) 0xff}), 10))
                .as("neither row nor index is left")
                .isEmpty();
    }

    @Test
    void anOverdueCommandIsGivenUpOnlyAfterReadingUpToAnEndFetchedThen() {
        command(body(HERE, "\"expires_at\":\"2026-11-21T02:00:00Z\""), START);
        driver.advanceWallClockTime(Duration.ofMinutes(8).plusSeconds(59));
        assertThat(asked).isEmpty();
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        assertThat(asked).hasSize(1);
        driver.advanceWallClockTime(Duration.ofSeconds(5));
        assertThat(written.isEmpty()).as("the end is not known yet").isTrue();
        asked.getFirst().complete(5L);
        positions.fetched("reader", STATUS_0, 3, -1);
        driver.advanceWallClockTime(Duration.ofSeconds(5));
        assertThat(written.isEmpty()).as("not read up to the end").isTrue();
        positions.fetched("reader", STATUS_0, 5, -1);
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        TestRecord<byte[], byte[]> record = written.readRecord();
        StatusEvent event = StatusJson.read(record.value()).ifValid().orElseThrow();
        assertThat(event.state()).isEqualTo(CommandState.EXPIRED);
        assertThat(event.isFinal()).isTrue();
        assertThat(event.source()).isEqualTo("pusher-api");
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(HERE.value());
        assertThat(new String(record.headers().lastHeader(Headers.ORIGIN).value(), StandardCharsets.UTF_8))
                .isEqualTo("kafka");
        // Its own event comes back like any other.
        assertThat(status().state()).isEqualTo("expired");
        driver.advanceWallClockTime(Duration.ofMinutes(10));
        assertThat(written.isEmpty()).isTrue();
    }

    @Test
    void aCommandWhoseExpiryIsKnownIsNotLookedAtBeforeIt() {
        command(body(HERE, "\"expires_at\":\"2026-11-21T02:00:00Z\""), START);
        assertThat(look(HERE)).isEqualTo("2026-11-21T02:01:00Z");
    }

    @Test
    void theHeaderOfOurWritersSparesReading() {
        ownCommand("\"expires_at\":\"2026-11-21T02:00:00Z\"", Optional.empty());
        assertThat(look(HERE)).isEqualTo("2026-11-21T02:01:00Z");
    }

    @Test
    void withoutThatHeaderItIsLookedAtAfterAMinute() {
        ownCommand("\"expires_at\":\"2026-11-21T02:00:00Z\"", Optional.of("soon"));
        assertThat(look(HERE)).isEqualTo("2026-11-21T01:53:00Z");
        driver.advanceWallClockTime(Duration.ofSeconds(61));
        assertThat(look(HERE)).isEqualTo("2026-11-21T02:01:00Z");
    }

    @Test
    void aHeaderThatClaimsAnotherExpiryThanAnyCommandMayHaveIsCut() {
        ownCommand("", Optional.of("9999-01-01T00:00:00Z"));
        assertThat(look(HERE))
                .isEqualTo(START.plus(ExpiryRule.STANDARD.atMost()).plusSeconds(60));
    }

    @Test
    void aHeaderOfThePastMakesItNoEarlier() {
        ownCommand("", Optional.of("1999-01-01T00:00:00Z"));
        assertThat(look(HERE)).isEqualTo("2026-11-21T01:53:00Z");
    }

    @Test
    void anAttemptedCommandTimesOutAfterItsReplyTime() {
        command(
                body(
                        HERE,
                        "\"expect\":\"succeeded\",\"expires_at\":\"2026-11-21T02:00:00Z\",\"reply_timeout_seconds\":600"),
                START);
        event(CommandState.SENDING, 1, 400);
        statuses.pipeInput(
                new byte[0],
                StatusJson.write(StatusEvent.about(
                                read(body(HERE, "\"expect\":\"succeeded\"")),
                                CommandState.SENT,
                                START.plusSeconds(401),
                                "coap-connector")
                        .attempt(1)
                        .build()),
                START.plusSeconds(401));
        positions.fetched("reader", STATUS_0, 100, -1);
        driver.advanceWallClockTime(Duration.ofSeconds(401 + 600 + 59));
        assertThat(asked).isEmpty();
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        asked.getFirst().complete(2L);
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        StatusEvent event = StatusJson.read(written.readValue()).ifValid().orElseThrow();
        assertThat(event.state()).isEqualTo(CommandState.TIMED_OUT);
        assertThat(event.reason()).hasValue(Reason.OUTCOME_UNKNOWN);
        assertThat(event.attempt()).isEqualTo(1);
    }

    @Test
    void theConnectorsOwnWordWithinTheFenceIsRespected() {
        command(body(HERE, "\"expires_at\":\"2026-11-21T02:00:00Z\""), START);
        driver.advanceWallClockTime(Duration.ofMinutes(10));
        asked.getFirst().complete(1L);
        event(CommandState.EXPIRED, 0, 480);
        positions.fetched("reader", STATUS_0, 1, -1);
        driver.advanceWallClockTime(Duration.ofSeconds(5));
        assertThat(written.isEmpty()).isTrue();
    }

    @Test
    void aFenceThatCouldNotBeFetchedIsFetchedAgain() {
        command(body(HERE, "\"expires_at\":\"2026-11-21T02:00:00Z\""), START);
        driver.advanceWallClockTime(Duration.ofMinutes(10));
        asked.getFirst().completeExceptionally(new IllegalStateException("Kafka is away"));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        assertThat(asked).hasSize(2);
    }

    @Test
    void anEndlessEventIsKeptInShort() {
        command(body(HERE, ""), START);
        StatusEvent huge = StatusEvent.about(read(body(HERE, "")), CommandState.FAILED, START, "coap-connector")
                .because(Reason.FORMAT_FAILED, "x".repeat(100_000))
                .delivery(Map.of("trace", "y".repeat(100_000)))
                .build();
        statuses.pipeInput(new byte[0], StatusJson.write(huge), START);
        assertThat(status().state()).isEqualTo("failed");
        assertThat(status().message().orElseThrow())
                .hasSize(StatusEvent.MAX_MESSAGE_LENGTH)
                .endsWith("…");
        assertThat(bytes().length).isLessThan(5000);
    }

    @Test
    void whatOurWritersWroteIsKeptWithoutBeingReadAndAnswersTheSame() {
        Command command = read(body(HERE, "\"expect\":\"succeeded\""));
        CommandRecords records = new CommandRecords(Topics.COMMANDS, ExpiryRule.STANDARD, RecordLimits.STANDARD);
        var readable = (CommandRecord.Readable)
                CommandRecord.of(command, Map.of(), START, ExpiryRule.STANDARD, RecordLimit.STANDARD);
        var written = records.write(readable, Origin.KUBERNETES, START);
        assertThat(OwnRecord.command(KafkaRecord.of(consumed(written)))).contains(new OwnRecord(ID, HERE));
        commands.pipeInput(new TestRecord<>(written.key(), written.value(), written.headers(), START));
        StatusEvent event = event(HERE, CommandState.SENDING, 1, 1);
        var evidence = new StatusRecords(Topics.STATUS, RecordLimits.STANDARD).write(event, Origin.KUBERNETES, START);
        assertThat(OwnRecord.event(KafkaRecord.of(consumed(evidence)))).contains(new OwnRecord(ID, HERE));
        statuses.pipeInput(new TestRecord<>(evidence.key(), evidence.value(), evidence.headers(), START));
        CommandRow row = row(ID, HERE).orElseThrow();
        assertThat(row.accepted().orElseThrow().origin()).isEqualTo(Origin.KUBERNETES);
        assertThat(row.accepted().orElseThrow().expect()).isEqualTo(command.expect());
        assertThat(row.events()).containsExactly(event);
    }

    @Test
    void aHeaderThatNamesAnotherCommandThanTheTextIsNotBelieved() {
        RecordHeaders liar = new RecordHeaders();
        liar.add(Headers.REQUEST_ID, "another".getBytes(StandardCharsets.UTF_8));
        statuses.pipeInput(new TestRecord<>(
                HERE.value().getBytes(StandardCharsets.UTF_8),
                StatusJson.write(event(HERE, CommandState.QUEUED, 0, 1)),
                liar,
                START));
        assertThat(row(new RequestId("another"), HERE)).isEmpty();
        assertThat(status().state()).isEqualTo("queued");
    }

    @Test
    void aLongCommandIsKeptInShort() {
        String body = body(HERE, "").replace("{\"a\":1}", "{\"a\":\"" + "x".repeat(60_000) + "\"}");
        command(body, START);
        assertThat(bytes().length).isLessThan(1000);
        assertThat(status().commandType()).hasValue("reboot");
        assertThat(status().commandSha256())
                .hasValue(CommandDigest.of(read(body)).hex());
    }

    @Test
    void aRowDoesNotGrowWithoutEnd() {
        command(body(HERE, ""), START);
        event(CommandState.SENDING, 1, 1);
        for (int i = 0; i < 1000; i++) {
            event(CommandState.SENDING, 1, 2);
        }
        event(CommandState.SENT, 1, 3);
        assertThat(StoredRow.of(bytes()).orElseThrow().count()).isLessThan(100);
        assertThat(status().state()).isEqualTo("sent");
        assertThat(states(status())).containsExactly("accepted", "sending", "sent");
    }

    @Test
    void aRecordOfNoTimeOrOfTheYear2106IsAsOldAsItsReading() {
        for (long millis : new long[] {0, START.getEpochSecond(), 4_294_967_295_000L}) {
            DeviceId device = HERE;
            String body = body(device, "").replace("order-17", "at-" + millis);
            commands.pipeInput(
                    device.value().getBytes(StandardCharsets.UTF_8),
                    body.getBytes(StandardCharsets.UTF_8),
                    Instant.ofEpochMilli(millis));
            CommandRow row = row(new RequestId("at-" + millis), device).orElseThrow();
            assertThat(row.accepted().orElseThrow().at()).isEqualTo(START);
        }
        driver.advanceWallClockTime(Duration.ofDays(1));
        assertThat(asked).as("their week has not passed").isEmpty();
    }

    @Test
    void anEventOfTheYear9999KeepsNoRowForEver() {
        command(body(HERE, ""), START);
        StatusEvent far = StatusEvent.about(
                        read(body(HERE, "")), CommandState.FAILED, Instant.parse("9999-01-01T00:00:00Z"), "x")
                .build();
        statuses.pipeInput(new byte[0], StatusJson.write(far), START);
        driver.advanceWallClockTime(Duration.ofMinutes(2));
        driver.advanceWallClockTime(RETENTION);
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        assertThat(row(ID, HERE)).isEmpty();
    }

    @Test
    void aRowOfTheVersionBeforeIsReadAndGoesOn() {
        left(ID, version1());
        assertThat(status().state()).isEqualTo("queued");
        assertThat(status().commandType()).hasValue("reboot");
        event(CommandState.SENDING, 1, 2);
        assertThat(states(status())).containsExactly("accepted", "queued", "sending");
        left(new RequestId("rubbish"), new byte[] {7, 7, 7});
        assertThat(row(new RequestId("order-18"), HERE)).isEmpty();
    }

    /** As it was written: version, due, task, the command's summary, the events. */
    private static byte[] version1() {
        byte[] summary = CommandSummary.write(CommandRow.Accepted.of(read(body(HERE, "")), START, Origin.REST));
        byte[] task = "GIVE_UP".getBytes(StandardCharsets.UTF_8);
        byte[] event = StatusJson.write(event(HERE, CommandState.QUEUED, 0, 1));
        return ByteBuffer.allocate(1 + 8 + 4 + task.length + 1 + summary.length + 4 + 4 + event.length)
                .put((byte) 1)
                .putLong(START.plus(Duration.ofDays(7)).toEpochMilli())
                .putInt(task.length)
                .put(task)
                .put((byte) 1)
                .put(summary)
                .putInt(1)
                .putInt(event.length)
                .put(event)
                .array();
    }

    private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                0,
                0,
                record.timestamp(),
                TimestampType.CREATE_TIME,
                record.key().length,
                record.value().length,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }

    private void command(String body, Instant at) {
        commands.pipeInput(HERE.value().getBytes(StandardCharsets.UTF_8), body.getBytes(StandardCharsets.UTF_8), at);
    }

    /** As pusher-api and the operator write it; with that text in the header instead, if there is one. */
    private void ownCommand(String more, Optional<String> expiresAt) {
        CommandRecords records = new CommandRecords(Topics.COMMANDS, ExpiryRule.STANDARD, RecordLimits.STANDARD);
        var readable = (CommandRecord.Readable)
                CommandRecord.of(read(body(HERE, more)), Map.of(), START, ExpiryRule.STANDARD, RecordLimit.STANDARD);
        var written = records.write(readable, Origin.REST, START);
        expiresAt.ifPresent(text -> written.headers()
                .remove(Headers.EXPIRES_AT)
                .add(Headers.EXPIRES_AT, text.getBytes(StandardCharsets.UTF_8)));
        commands.pipeInput(new TestRecord<>(written.key(), written.value(), written.headers(), START));
    }

    private void event(CommandState state, int attempt, int second) {
        statuses.pipeInput(
                HERE.value().getBytes(StandardCharsets.UTF_8),
                StatusJson.write(event(HERE, state, attempt, second)),
                START.plusSeconds(second));
    }

    private static StatusEvent event(DeviceId device, CommandState state, int attempt, int second) {
        return StatusEvent.about(read(body(device, "")), state, START.plusSeconds(second), "coap-connector")
                .attempt(attempt)
                .parser(attempt > 0 ? Optional.of(PARSER) : Optional.empty())
                .bytes(attempt > 0 ? Optional.of(StatusEvent.SentBytes.of(new byte[3])) : Optional.empty())
                .delivery(Map.of("path", "/m", "nothing", io.preservarium.pusher.command.JsonNull.NULL))
                .build();
    }

    private static String body(DeviceId device, String more) {
        return "{\"request_id\":\"order-17\",\"device_id\":\"" + device
                + "\",\"command_type\":\"reboot\",\"payload\":{\"a\":1},\"protocol\":\"coap\""
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static Command read(String body) {
        return switch (CommandJson.readRecord(body.getBytes(StandardCharsets.UTF_8), ID, START, ExpiryRule.STANDARD)) {
            case CommandJson.Read.Valid valid -> valid.command();
            case CommandJson.Read.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }

    private CommandStatusResponse status() {
        return StatusResponses.of(row(ID, HERE).orElseThrow());
    }

    private static List<String> states(CommandStatusResponse status) {
        return status.history().stream().map(CommandStatusResponse.Entry::state).toList();
    }

    private WriteBehindStore store() {
        return (WriteBehindStore) driver.getStateStore(StatusTopology.STORE);
    }

    /** As another version of this program left it. */
    private void left(RequestId request, byte[] bytes) {
        store().put(StoredRow.key(request, HERE), bytes, Codec.of(row -> row, row -> row));
        store().flushCache();
        store().clearCache();
    }

    private byte[] bytes() {
        return store().get(StoredRow.key(ID, HERE), StoredRow.CODEC)
                .orElseThrow()
                .toBytes();
    }

    private Instant look(DeviceId device) {
        return store().get(StoredRow.key(ID, device), StoredRow.CODEC)
                .orElseThrow()
                .look();
    }

    private Optional<CommandRow> row(RequestId request, DeviceId device) {
        Bytes key = StoredRow.key(request, device);
        return store().get(key, StoredRow.CODEC).flatMap(stored -> READER.read(key, stored));
    }

    private static DeviceId deviceOf(int partition) {
        for (int i = 0; ; i++) {
            DeviceId device = new DeviceId("device-" + i);
            if (new HomePartitions(PARTITIONS).of(device) == partition) {
                return device;
            }
        }
    }
}
