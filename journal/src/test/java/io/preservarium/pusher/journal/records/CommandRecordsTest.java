package io.preservarium.pusher.journal.records;

import static io.preservarium.pusher.journal.records.Records.DEVICE;
import static io.preservarium.pusher.journal.records.Records.HOME;
import static io.preservarium.pusher.journal.records.Records.NOW;
import static io.preservarium.pusher.journal.records.Records.headers;
import static io.preservarium.pusher.journal.records.Records.text;
import static io.preservarium.pusher.journal.records.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.RecordLimit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class CommandRecordsTest {

    private static final String TOPIC = "device_commands";
    private static final int AT_HOME = HOME.of(DEVICE);
    private static final int ELSEWHERE = (AT_HOME + 1) % HOME.count();

    private final CommandRecords records = new CommandRecords(TOPIC, ExpiryRule.STANDARD, RecordLimits.STANDARD);
    private final Command command = Records.command();

    @Test
    void whatADoorWritesEveryReaderReadsBackEqual() {
        for (Origin origin : List.of(Origin.REST, Origin.KUBERNETES)) {
            ProducerRecord<byte[], byte[]> written = written(origin, Map.of("traceparent", "00-1"));

            assertThat(records.read(Records.read(written, AT_HOME), HOME, NOW))
                    .isEqualTo(new CommandRecords.Read.Valid(command, origin, RecordTime.of(NOW.toEpochMilli(), NOW)));
            assertThat(text(written.headers(), "traceparent")).isEqualTo("00-1");
        }
    }

    @Test
    void anOriginCountsOnlyWithAllThatOurWritersPut() {
        byte[] value = CommandJson.write(command);
        assertThat(origin(Records.at(TOPIC, AT_HOME, value, headers(Headers.ORIGIN, "rest"))))
                .isEqualTo(Origin.KAFKA);
        assertThat(origin(Records.record(
                        TOPIC,
                        AT_HOME,
                        HomePartitions.key(DEVICE),
                        value,
                        0,
                        headers(Headers.ORIGIN, "k8s", Headers.REQUEST_ID, "other", Headers.PROTOCOL, "coap"))))
                .isEqualTo(Origin.KAFKA);
        assertThat(origin(Records.record(
                        TOPIC,
                        AT_HOME,
                        HomePartitions.key(DEVICE),
                        value,
                        0,
                        headers(Headers.ORIGIN, "k8s", Headers.REQUEST_ID, "r1", Headers.PROTOCOL, "coap"))))
                .isEqualTo(Origin.KUBERNETES);
    }

    @Test
    void aRecordInTheWrongPartitionIsMovedOnceAndKeepsItsIdAndTime() {
        byte[] withoutId =
                utf8("{\"device_id\":\"dev-ü\",\"command_type\":\"t\",\"payload\":{},\"protocol\":\"coap\"}");
        CommandRecords.Read first = records.read(Records.at(TOPIC, ELSEWHERE, withoutId, headers("a", "b")), HOME, NOW);

        ProducerRecord<byte[], byte[]> moved = ((CommandRecords.Read.Misplaced) first).moved();
        assertThat(moved.key()).isEqualTo(HomePartitions.key(DEVICE));
        assertThat(moved.value()).isEqualTo(withoutId);
        assertThat(moved.timestamp()).isEqualTo(NOW.toEpochMilli());
        assertThat(text(moved.headers(), "a")).isEqualTo("b");
        assertThat(records.read(Records.read(moved, AT_HOME), HOME, NOW))
                .isInstanceOfSatisfying(CommandRecords.Read.Valid.class, valid -> assertThat(
                                valid.command().requestId().value())
                        .isEqualTo(TOPIC + "-" + ELSEWHERE + "-7"));
        assertThat(records.read(Records.read(moved, (ELSEWHERE + 1) % HOME.count()), HOME, NOW))
                .isInstanceOf(CommandRecords.Read.Invalid.class);
    }

    @Test
    void aMovedFromThatNobodyOfUsWroteIsNotBelieved() {
        byte[] value = CommandJson.write(command);
        for (String claim : new String[] {"nonsense", "other-1-2", TOPIC + "-" + ELSEWHERE + "-2", "x".repeat(2_000)}) {
            assertThat(records.read(Records.at(TOPIC, ELSEWHERE, value, headers(Headers.MOVED_FROM, claim)), HOME, NOW))
                    .isInstanceOf(CommandRecords.Read.Misplaced.class);
        }
    }

    @Test
    void whatCannotBeReadIsInvalidWithWhatIsKnownOfIt() {
        for (byte[] value : new byte[][] {null, {}, {1, 2, 3}, utf8("[".repeat(5_000)), utf8("{}"), utf8("null")}) {
            assertThat(records.read(Records.at(TOPIC, 3, value, headers()), HOME, NOW))
                    .isInstanceOfSatisfying(CommandRecords.Read.Invalid.class, invalid -> {
                        assertThat(invalid.requestId().value()).isEqualTo(TOPIC + "-3-7");
                        assertThat(invalid.origin()).isEqualTo(Origin.KAFKA);
                    });
        }
    }

    @Test
    void theFallbackIdIsOneForAnyLegalTopicName() {
        RecordPlace place = new RecordPlace("t".repeat(249), 63, Long.MAX_VALUE);
        assertThat(place.asRequestId().value()).hasSize(128).endsWith("-63-" + Long.MAX_VALUE);
    }

    @Test
    void headersOfAMegabyteAreLeftBehindWhenARecordIsMoved() {
        var headers = headers("kept", "yes");
        headers.add("huge", new byte[1 << 20]);
        CommandRecords.Read read =
                records.read(Records.at(TOPIC, ELSEWHERE, CommandJson.write(command), headers), HOME, NOW);
        ProducerRecord<byte[], byte[]> moved = ((CommandRecords.Read.Misplaced) read).moved();
        assertThat(text(moved.headers(), "kept")).isEqualTo("yes");
        assertThat(RecordLimits.sizeOf(moved)).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void aRecordTooLargeForTheBrokerIsRefusedAndTheLargestThatIsNotFits() {
        long rest = RecordLimit.size(
                HomePartitions.key(DEVICE).length,
                CommandJson.write(command).length,
                ((CommandRecord.Readable) readBack(Map.of("traceparent", ""))).headers());
        int room = Math.toIntExact(RecordLimit.STANDARD.bytes() - rest);

        assertThat(readBack(Map.of("traceparent", "x".repeat(room + 1))))
                .isInstanceOfSatisfying(CommandRecord.Refused.class, refused -> assertThat(refused.message())
                        .contains("it must have at most " + RecordLimit.STANDARD.bytes()));
        assertThat(RecordLimits.STANDARD.fits(written(Origin.REST, Map.of("traceparent", "x".repeat(room)))))
                .isTrue();
    }

    @Test
    void aTimeThatNobodyCanBelieveIsTheTimeOfReadingAndBothAreNamed() {
        for (long nonsense : new long[] {-1, 0, NOW.getEpochSecond(), Long.MIN_VALUE, Long.MAX_VALUE}) {
            RecordTime time = RecordTime.of(nonsense, NOW);
            assertThat(time.at()).isEqualTo(NOW);
            assertThat(time.doubt().orElseThrow())
                    .contains(Instant.ofEpochMilli(nonsense).toString(), NOW.toString());
        }
        assertThat(RecordTime.of(NOW.plusSeconds(3_600).toEpochMilli(), NOW).doubt())
                .isEmpty();
        assertThat(RecordTime.of(NOW.plusSeconds(90_000).toEpochMilli(), NOW).doubt())
                .isPresent();
    }

    private ProducerRecord<byte[], byte[]> written(Origin origin, Map<String, String> more) {
        return records.write((CommandRecord.Readable) readBack(more), origin, NOW);
    }

    private CommandRecord readBack(Map<String, String> headers) {
        return CommandRecord.of(command, headers, NOW, ExpiryRule.STANDARD, RecordLimit.STANDARD);
    }

    private Origin origin(KafkaRecord record) {
        return ((CommandRecords.Read.Valid) records.read(record, HOME, NOW)).origin();
    }
}
