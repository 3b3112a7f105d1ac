package io.preservarium.pusher.journal.records;

import static io.preservarium.pusher.journal.records.Records.DEVICE;
import static io.preservarium.pusher.journal.records.Records.HOME;
import static io.preservarium.pusher.journal.records.Records.NOW;
import static io.preservarium.pusher.journal.records.Records.headers;
import static io.preservarium.pusher.journal.records.Records.text;
import static io.preservarium.pusher.journal.records.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.journal.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever is put into it, a record that must be written fits; a real broker with its default limit takes it. */
@ExtendWith(KafkaClusterExtension.class)
class BoundsTest {

    private static final int HUGE = 2_000_000;

    static KafkaCluster cluster;

    private final String topic = "t-" + UUID.randomUUID();
    private final StatusRecords status = new StatusRecords(topic, RecordLimits.STANDARD);

    @Test
    void anEventAlwaysFitsWhateverAScriptPutIntoIt() throws Exception {
        StatusEvent event = StatusEvent.about(Records.command(), CommandState.FAILED, NOW, "s".repeat(HUGE))
                .because(Reason.FORMAT_FAILED, "\u0001".repeat(HUGE))
                .delivery(Map.of("log", "x".repeat(HUGE)))
                .build();
        ProducerRecord<byte[], byte[]> record = status.write(event, Origin.REST, NOW);
        brokerTakes(record);

        StatusEvent read = read(record);
        assertThat(read.message().orElseThrow()).hasSize(StatusEvent.MAX_MESSAGE_LENGTH);
        assertThat(read.state()).isEqualTo(CommandState.FAILED);
        assertThat(text(record.headers(), "origin")).isEqualTo("rest");
    }

    @Test
    void halfASurrogatePairLosesNoEvent() {
        StatusEvent event = StatusEvent.about(Records.command(), CommandState.FAILED, NOW, "c")
                .because(Reason.FORMAT_FAILED, "a\uD83Db" + "x".repeat(4_092) + "\uD83D\uDE00")
                .delivery(Map.of("note", "\uDE00"))
                .build();
        assertThat(read(status.write(event, Origin.KAFKA, NOW)).message().orElseThrow())
                .startsWith("a\uFFFDbx")
                .endsWith("…");
    }

    @Test
    void aDeadLetterOfTheLargestRecordFitsAndSaysWhatIsMissing() throws Exception {
        var headers = headers("small", "kept");
        headers.add("huge", new byte[1 << 20]);
        KafkaRecord record = Records.record("in", 3, new byte[HUGE], new byte[1 << 20], -1, headers);
        ProducerRecord<byte[], byte[]> letter = new DeadLetterRecords(topic, RecordLimits.STANDARD)
                .write(record, Reason.INVALID_COMMAND, "ü".repeat(HUGE), NOW);
        brokerTakes(letter);

        assertThat(text(letter.headers(), "small")).isEqualTo("kept");
        assertThat(text(letter.headers(), "source_record")).isEqualTo("in-3-7");
        assertThat(text(letter.headers(), "reason")).isEqualTo("INVALID_COMMAND");
        assertThat(text(letter.headers(), "cut"))
                .startsWith("1 of 2 headers are missing; the first 4096 of 2000000 bytes of the key; the first ")
                .endsWith(" of 1048576 bytes of the value");
        assertThat(letter.timestamp()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void aDeadLetterThatFitsIsACopy() {
        KafkaRecord record = Records.record("in", 3, utf8("k"), utf8("v"), 5, headers("a", "b"));
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetterRecords(topic, RecordLimits.STANDARD).write(record, Reason.INVALID_COMMAND, "why", NOW);
        assertThat(letter.key()).isEqualTo(utf8("k"));
        assertThat(letter.value()).isEqualTo(utf8("v"));
        assertThat(text(letter.headers(), "message")).isEqualTo("why");
        assertThat(letter.headers().lastHeader("cut")).isNull();
    }

    @Test
    void anUplinkLosesItsOutputsBeforeItIsRefused() throws Exception {
        UplinkRecords uplinks = new UplinkRecords(topic, RecordLimits.STANDARD);
        ProducerRecord<byte[], byte[]> record =
                ((Written.Fits) uplinks.write(uplink(new byte[] {1}, List.of(Map.of("x", "y".repeat(HUGE)))))).record();
        brokerTakes(record);
        assertThat(new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"outputs\":[]", "the outputs are left out");
        assertThat(uplinks.write(uplink(new byte[1 << 20], List.of()))).isInstanceOf(Written.TooLarge.class);
    }

    @Test
    void aCancellationWithAHugeNameFitsAndIsReadBounded() throws Exception {
        CancellationRecords cancellations = new CancellationRecords(topic, RecordLimits.STANDARD);
        ProducerRecord<byte[], byte[]> record =
                cancellations.write(new Cancellation(new RequestId("r1"), DEVICE, NOW, "b".repeat(HUGE)), Origin.REST);
        brokerTakes(record);
        assertThat(cancellations.read(Records.read(record, HOME.of(DEVICE)), HOME, NOW))
                .isInstanceOfSatisfying(
                        CancellationRecords.Read.Valid.class,
                        valid -> assertThat(valid.cancellation().by()).hasSizeLessThan(400));
    }

    @Test
    void misplacedCancellationsAndEventsAreMovedOnce() {
        int elsewhere = (HOME.of(DEVICE) + 1) % HOME.count();
        CancellationRecords cancellations = new CancellationRecords(topic, RecordLimits.STANDARD);
        ProducerRecord<byte[], byte[]> cancellation =
                cancellations.write(new Cancellation(new RequestId("r1"), DEVICE, NOW, "me"), Origin.REST);
        var moved = ((CancellationRecords.Read.Misplaced)
                        cancellations.read(Records.read(cancellation, elsewhere), HOME, NOW))
                .moved();
        assertThat(cancellations.read(Records.read(moved, HOME.of(DEVICE)), HOME, NOW))
                .isInstanceOf(CancellationRecords.Read.Valid.class);
        assertThat(cancellations.read(Records.read(moved, (elsewhere + 1) % HOME.count()), HOME, NOW))
                .isInstanceOf(CancellationRecords.Read.Invalid.class);

        ProducerRecord<byte[], byte[]> event = status.write(
                StatusEvent.about(Records.command(), CommandState.QUEUED, NOW, "c")
                        .build(),
                Origin.REST,
                NOW);
        var movedEvent =
                ((StatusRecords.Read.Misplaced) status.read(Records.read(event, elsewhere), HOME, NOW)).moved();
        assertThat(status.read(Records.read(movedEvent, HOME.of(DEVICE)), HOME, NOW))
                .isInstanceOf(StatusRecords.Read.Valid.class);
        assertThat(status.read(Records.read(movedEvent, (elsewhere + 1) % HOME.count()), HOME, NOW))
                .isInstanceOf(StatusRecords.Read.Invalid.class);
    }

    @Test
    void theHeaderSparesReadingEventsOfTheOtherProtocol() {
        ProducerRecord<byte[], byte[]> event = status.write(
                StatusEvent.about(Records.command(), CommandState.QUEUED, NOW, "c")
                        .build(),
                Origin.REST,
                NOW);
        assertThat(StatusRecords.mayConcern(Records.read(event, 0), Protocol.COAP))
                .isTrue();
        assertThat(StatusRecords.mayConcern(Records.read(event, 0), Protocol.MQTT))
                .isFalse();
        assertThat(StatusRecords.mayConcern(Records.at(topic, 0, event.value(), headers()), Protocol.MQTT))
                .isTrue();
    }

    @Test
    void scriptsAreReadByTheirKey() {
        ScriptRecords scripts = new ScriptRecords(topic, ScriptRecords.LARGEST);
        ParserRef ref = new ParserRef("a.py");
        PublishedScript script = new PublishedScript(
                ref, "x = 1", new TreeMap<>(), Optional.empty(), Digest.of(new byte[0]), "rest", NOW);
        KafkaRecord live = Records.read(((Written.Fits) scripts.live(script, NOW)).record(), 0);
        KafkaRecord previous = Records.read(((Written.Fits) scripts.previous(script, NOW)).record(), 0);

        assertThat(scripts.read(live)).isEqualTo(new ScriptRecords.Read.Live(script));
        assertThat(scripts.read(previous)).isEqualTo(new ScriptRecords.Read.Previous(ref, Optional.of(script)));
        assertThat(scripts.read(Records.read(scripts.removed(ref, NOW), 0)))
                .isEqualTo(new ScriptRecords.Read.Removed(ref));
        assertThat(scripts.read(Records.read(scripts.previousRemoved(ref, NOW), 0)))
                .isEqualTo(new ScriptRecords.Read.Previous(ref, Optional.empty()));
        assertThat(scripts.read(Records.record(topic, 0, utf8("b.py"), live.value(), 0, headers())))
                .isInstanceOf(ScriptRecords.Read.Invalid.class);
        assertThat(scripts.read(Records.record(topic, 0, new byte[] {-1}, live.value(), 0, headers())))
                .isInstanceOf(ScriptRecords.Read.Invalid.class);
    }

    @Test
    void whatAConnectorSaysOfAScriptFits() throws Exception {
        ScriptStatusRecords statuses = new ScriptStatusRecords(topic, RecordLimits.STANDARD);
        ScriptStatus said = new ScriptStatus(
                new ParserRef("a.py"),
                "coap-0",
                ScriptStatus.State.REFUSED,
                Optional.empty(),
                new TreeMap<>(Map.of(ParserLayer.TOPIC, Digest.of(new byte[0]))),
                Optional.of("m".repeat(HUGE)),
                NOW);
        ProducerRecord<byte[], byte[]> record = statuses.write(said);
        brokerTakes(record);
        assertThat(ScriptStatusRecords.read(Records.read(record, 0)))
                .isInstanceOfSatisfying(ScriptStatusRecords.Read.Valid.class, valid -> {
                    assertThat(valid.key()).isEqualTo("a.py|coap-0");
                    assertThat(valid.status().state()).isEqualTo(ScriptStatus.State.REFUSED);
                });
    }

    private StatusEvent read(ProducerRecord<byte[], byte[]> record) {
        return ((StatusRecords.Read.Valid) status.read(Records.read(record, HOME.of(DEVICE)), HOME, NOW)).event();
    }

    private static Uplink uplink(byte[] payload, List<Map<String, Object>> outputs) {
        return new Uplink(
                "u1",
                DEVICE,
                Protocol.COAP,
                NOW,
                "peer",
                "/m",
                Optional.of("POST"),
                payload,
                Optional.empty(),
                outputs,
                Optional.empty());
    }

    private static void brokerTakes(ProducerRecord<byte[], byte[]> record) throws Exception {
        KafkaSettings settings = KafkaSettings.of(cluster.getKafkaClientConfiguration());
        try (Admin admin = settings.openAdmin("test-admin");
                Producer<byte[], byte[]> producer =
                        settings.openProducer("test-writer", Map.of("max.request.size", 1 << 20))) {
            admin.createTopics(List.of(new NewTopic(record.topic(), 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await().until(() -> !producer.partitionsFor(record.topic()).isEmpty());
            assertThat(producer.send(record).get(30, TimeUnit.SECONDS).hasOffset())
                    .isTrue();
        }
    }
}
