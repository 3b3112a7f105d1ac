package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records of the dead-letter topic: key, value and headers of the record nobody will deliver, and the headers reason,
 * message and source_record. What does not fit is cut, and the header {@link #CUT} says what.
 */
public record DeadLetterRecords(String topic, RecordLimits limits) {

    /** On a dead letter that was cut: what of it is missing. */
    public static final String CUT = "cut";

    private static final int LONGEST_KEY = 4 * 1024;
    private static final int MOST_HEADERS = 16 * 1024;

    /** Room for the headers this type adds, {@link #CUT} included. */
    private static final int OWN_HEADERS = 20 * 1024;

    /** A copy of a record that was read. Always fits. */
    public ProducerRecord<byte[], byte[]> write(KafkaRecord record, Reason reason, String message, Instant now) {
        ProducerRecord<byte[], byte[]> letter = bounded(record.key(), record.value(), record.headers(), now);
        because(letter, reason, message);
        RecordWriter.header(letter, Headers.SOURCE_RECORD, record.place().toString());
        return letter;
    }

    /** A command that failed after it was taken; {@code value} are the bytes of its record. Always fits. */
    public ProducerRecord<byte[], byte[]> write(
            Command command, byte[] value, Reason reason, String message, Instant now) {
        ProducerRecord<byte[], byte[]> letter = bounded(HomePartitions.key(command.deviceId()), value, List.of(), now);
        RecordWriter.header(letter, Headers.REQUEST_ID, command.requestId().value());
        RecordWriter.header(letter, Headers.PROTOCOL, command.protocol().word());
        because(letter, reason, message);
        return letter;
    }

    /** A command that failed after it was taken, as its event says; {@code value} are the bytes of its record. Always fits. */
    public ProducerRecord<byte[], byte[]> write(StatusEvent failed, byte[] value) {
        ProducerRecord<byte[], byte[]> letter =
                bounded(HomePartitions.key(failed.deviceId()), value, List.of(), failed.at());
        RecordWriter.header(letter, Headers.REQUEST_ID, failed.requestId().value());
        failed.protocol().ifPresent(protocol -> RecordWriter.header(letter, Headers.PROTOCOL, protocol.word()));
        because(
                letter,
                failed.reason().orElse(Reason.DELIVERY_FAILED),
                failed.message().orElse(""));
        return letter;
    }

    private static void because(ProducerRecord<byte[], byte[]> letter, Reason reason, String message) {
        RecordWriter.header(letter, Headers.REASON, reason.name());
        RecordWriter.header(letter, Headers.MESSAGE, ForeignText.bounded(message, StatusEvent.MAX_MESSAGE_LENGTH));
    }

    private ProducerRecord<byte[], byte[]> bounded(byte[] key, byte[] value, Iterable<Header> headers, Instant now) {
        List<String> cuts = new ArrayList<>();
        List<Header> kept = new ArrayList<>();
        long size = 0;
        int dropped = 0;
        for (Header header : headers) {
            if (size + RecordLimits.sizeOf(header) <= MOST_HEADERS) {
                size += RecordLimits.sizeOf(header);
                kept.add(header);
            } else {
                dropped++;
            }
        }
        if (dropped > 0) {
            cuts.add(dropped + " of " + (kept.size() + dropped) + " headers are missing");
        }
        byte[] shortKey = cut("key", key, LONGEST_KEY, cuts);
        int room = limits.maxRecordBytes() - OWN_HEADERS - shortKey.length - (int) size;
        ProducerRecord<byte[], byte[]> letter =
                RecordWriter.record(topic, shortKey, cut("value", value, room, cuts), now);
        kept.forEach(letter.headers()::add);
        if (!cuts.isEmpty()) {
            RecordWriter.header(letter, CUT, String.join("; ", cuts));
        }
        return letter;
    }

    private static byte[] cut(String what, byte[] bytes, int most, List<String> cuts) {
        if (bytes.length <= most) {
            return bytes;
        }
        cuts.add("the first " + most + " of " + bytes.length + " bytes of the " + what);
        return Arrays.copyOf(bytes, most);
    }
}
