package io.preservarium.pusher.journal.records;

import static io.preservarium.pusher.journal.records.Records.DEVICE;
import static io.preservarium.pusher.journal.records.Records.HOME;
import static io.preservarium.pusher.journal.records.Records.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Whatever stands on a topic, reading it gives an outcome, and what is to be written because of it fits. */
class AnyRecordTest {

    private static final int RECORDS = 20_000;
    private static final long SEED = 8;
    private static final String TOPIC = "t";

    private static final List<String> OUR_HEADERS =
            List.of(Headers.REQUEST_ID, Headers.PROTOCOL, Headers.ORIGIN, Headers.MOVED_FROM, "other", "");

    private final Random random = new Random(SEED);
    private final List<byte[]> good = List.of(
            CommandJson.write(Records.command()),
            CancellationJson.write(new Cancellation(new RequestId("r1"), DEVICE, NOW, "me")),
            StatusJson.write(StatusEvent.about(Records.command(), CommandState.QUEUED, NOW, "c")
                    .build()));

    @Test
    void everyReaderHasAnOutcomeForEveryRecord() {
        CommandRecords commands = new CommandRecords(TOPIC, ExpiryRule.STANDARD, RecordLimits.STANDARD);
        CancellationRecords cancellations = new CancellationRecords(TOPIC, RecordLimits.STANDARD);
        StatusRecords status = new StatusRecords(TOPIC, RecordLimits.STANDARD);
        ScriptRecords scripts = new ScriptRecords(TOPIC, ScriptRecords.LARGEST);
        DeadLetterRecords dead = new DeadLetterRecords(TOPIC, RecordLimits.STANDARD);
        int read = 0;
        for (int i = 0; i < RECORDS; i++) {
            KafkaRecord record = record();
            if (commands.read(record, HOME, NOW) instanceof CommandRecords.Read.Misplaced misplaced) {
                assertFits(misplaced.moved());
            }
            if (cancellations.read(record, HOME, NOW) instanceof CancellationRecords.Read.Misplaced misplaced) {
                assertFits(misplaced.moved());
            }
            if (status.read(record, HOME, NOW) instanceof StatusRecords.Read.Misplaced misplaced) {
                assertFits(misplaced.moved());
            }
            scripts.read(record);
            ScriptStatusRecords.read(record);
            assertFits(dead.write(record, Reason.INVALID_COMMAND, "m".repeat(random.nextInt(3_000)), NOW));
            read++;
        }
        assertThat(read).isEqualTo(RECORDS);
    }

    private static void assertFits(ProducerRecord<byte[], byte[]> record) {
        assertThat(RecordLimits.sizeOf(record)).isLessThanOrEqualTo(RecordLimits.STANDARD.maxRecordBytes());
        assertThat(record.timestamp()).isNotNegative();
    }

    private KafkaRecord record() {
        RecordHeaders headers = new RecordHeaders();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(OUR_HEADERS.get(random.nextInt(OUR_HEADERS.size())), headerValue());
        }
        long timestamp = random.nextBoolean() ? NOW.toEpochMilli() : random.nextLong();
        byte[] key = random.nextBoolean() ? HomePartitions.key(DEVICE) : bytes(20);
        return Records.record(TOPIC, random.nextInt(HOME.count()), key, value(), timestamp, headers);
    }

    private byte[] headerValue() {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> bytes(40);
            case 2 -> Records.utf8(TOPIC + "-" + random.nextInt(HOME.count()) + "-" + random.nextInt(1_000));
            case 3 -> Records.utf8("rest");
            default -> random.nextInt(500) == 0 ? new byte[1 << 20] : Records.utf8("coap");
        };
    }

    private byte[] value() {
        if (random.nextInt(50) == 0) {
            return null;
        }
        byte[] value = good.get(random.nextInt(good.size())).clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(value.length);
            value = switch (random.nextInt(3)) {
                case 0 -> Arrays.copyOf(value, at + 1);
                case 1 -> {
                    byte[] flipped = value.clone();
                    flipped[at] = (byte) random.nextInt();
                    yield flipped;
                }
                default -> {
                    byte[] longer = Arrays.copyOf(value, value.length + at + 1);
                    System.arraycopy(value, 0, longer, value.length, at + 1);
                    yield longer;
                }
            };
        }
        return value;
    }

    private byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }
}
