package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Writes what reading a record calls for, through the topology's own producer, which is flushed before the offset is
 * committed: nothing is lost by a crash in between.
 */
final class Forwarder {

    /** Of a dead letter: headers and value together, well below the broker's default of 1 MiB. */
    private static final int MAX_DEAD_LETTER = 900_000;

    private static final int MAX_HEADER = 8 * 1024;
    private static final int MAX_HEADERS = 64;
    private static final int MAX_MESSAGE = 1_000;

    private final BookParts parts;
    private final ProcessorContext<byte[], byte[]> context;

    Forwarder(BookParts parts, ProcessorContext<byte[], byte[]> context) {
        this.parts = parts;
        this.context = context;
    }

    /** Partition = Java murmur2 of the UTF-8 device id; librdkafka's default is another hash. */
    boolean isAtHome(DeviceId device, RecordMetadata at) {
        return parts.partitions().of(device) == at.partition();
    }

    /** Moves a record to its device's partition; false if it was moved before, so that the partition counts disagree. */
    boolean move(Record<byte[], byte[]> record, RecordMetadata at, DeviceId device, String sink) {
        if (header(record, Headers.MOVED_FROM).isPresent()) {
            return false;
        }
        RecordHeaders headers = bounded(record);
        headers.add(Headers.MOVED_FROM, utf8(position(at)));
        context.forward(new Record<>(utf8(device.value()), record.value(), record.timestamp(), headers), sink);
        return true;
    }

    /** A copy among the dead letters, cut where it would not fit. */
    void unreadable(Record<byte[], byte[]> record, RecordMetadata at, String message) {
        RecordHeaders headers = bounded(record);
        headers.add(Headers.REASON, utf8(Reason.INVALID_COMMAND.name()));
        headers.add(Headers.SOURCE_RECORD, utf8(position(at)));
        byte[] value = record.value() == null ? new byte[0] : record.value();
        String told = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
        if (value.length + sizeOf(headers) > MAX_DEAD_LETTER) {
            int kept = Math.max(0, Math.min(value.length, MAX_DEAD_LETTER - sizeOf(headers)));
            told += "; only the first " + kept + " of " + value.length + " bytes are kept";
            value = Arrays.copyOf(value, kept);
        }
        headers.add(Headers.MESSAGE, utf8(told));
        byte[] key = record.key() == null || record.key().length > MAX_HEADER ? new byte[0] : record.key();
        context.forward(new Record<>(key, value, record.timestamp(), headers), BookTopology.TO_DEAD_LETTERS);
        parts.log().invalid(position(at), told);
    }

    void failed(RequestId request, DeviceId device, String message, String origin) {
        StatusEvent event = StatusEvent.invalid(request, device, parts.clock().instant(), parts.source(), message);
        ProducerRecord<byte[], byte[]> status = EventRecord.of("", event, origin);
        context.forward(
                new Record<>(status.key(), status.value(), parts.clock().millis(), status.headers()),
                BookTopology.TO_STATUS);
    }

    static String position(RecordMetadata at) {
        return at.topic() + "-" + at.partition() + "-" + at.offset();
    }

    static Optional<String> header(Record<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    private static RecordHeaders bounded(Record<byte[], byte[]> record) {
        RecordHeaders kept = new RecordHeaders();
        int count = 0;
        for (Header header : record.headers()) {
            boolean fits =
                    header.key().length() <= 256 && (header.value() == null || header.value().length <= MAX_HEADER);
            if (fits && count < MAX_HEADERS) {
                kept.add(header);
                count++;
            }
        }
        return kept;
    }

    private static int sizeOf(RecordHeaders headers) {
        int size = MAX_MESSAGE * 4;
        for (Header header : headers) {
            size += header.key().length() * 3 + (header.value() == null ? 0 : header.value().length) + 16;
        }
        return size;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
