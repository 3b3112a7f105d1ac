package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The parts that the records of several topics have in common. */
final class RecordWriter {

    private RecordWriter() {}

    static ProducerRecord<byte[], byte[]> record(String topic, byte[] key, byte[] value, Instant at) {
        return new ProducerRecord<>(topic, null, Math.max(0, at.toEpochMilli()), key, value);
    }

    static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, utf8(value));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The same record under its device's key, which puts it into the right partition; a header says from where. Headers
     * are kept as far as the record then still fits.
     */
    static ProducerRecord<byte[], byte[]> moved(KafkaRecord record, DeviceId device, Instant at, RecordLimits limits) {
        ProducerRecord<byte[], byte[]> moved =
                record(record.place().topic(), HomePartitions.key(device), record.value(), at);
        header(moved, Headers.MOVED_FROM, record.place().toString());
        long size = RecordLimits.sizeOf(moved);
        for (org.apache.kafka.common.header.Header header : record.headers()) {
            size += RecordLimits.sizeOf(header);
            if (!header.key().equals(Headers.MOVED_FROM) && size <= limits.maxRecordBytes()) {
                moved.headers().add(header);
            }
        }
        return moved;
    }
}
