package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** A record as it was read, whoever wrote it; nothing about it is believed yet. */
public final class KafkaRecord {

    /** Longer values of a header that is read as text are none of ours. */
    private static final int LONGEST_HEADER = 1024;

    private static final byte[] NOTHING = new byte[0];

    private final RecordPlace place;
    private final byte[] key;
    private final byte[] value;
    private final boolean hasValue;
    private final long timestamp;
    private final org.apache.kafka.common.header.Headers headers;

    private KafkaRecord(
            RecordPlace place,
            byte @org.jspecify.annotations.Nullable [] key,
            byte @org.jspecify.annotations.Nullable [] value,
            long timestamp,
            org.apache.kafka.common.header.Headers headers) {
        this.place = place;
        this.key = key == null ? NOTHING : key;
        this.value = value == null ? NOTHING : value;
        this.hasValue = value != null;
        this.timestamp = timestamp;
        this.headers = headers;
    }

    public static KafkaRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new KafkaRecord(
                new RecordPlace(record.topic(), record.partition(), record.offset()),
                record.key(),
                record.value(),
                record.timestamp(),
                record.headers());
    }

    public static KafkaRecord of(Record<byte[], byte[]> record, RecordMetadata at) {
        return new KafkaRecord(
                new RecordPlace(at.topic(), at.partition(), at.offset()),
                record.key(),
                record.value(),
                record.timestamp(),
                record.headers());
    }

    public RecordPlace place() {
        return place;
    }

    /** Not copied, so not to be changed; without bytes when the record has none. */
    public byte[] key() {
        return key;
    }

    /** Not copied, so not to be changed; without bytes when the record has none. */
    public byte[] value() {
        return value;
    }

    /** False for a tombstone. */
    public boolean hasValue() {
        return hasValue;
    }

    /** Milliseconds since 1970 as the producer gave them; {@link RecordTime} says what to make of it. */
    public long timestamp() {
        return timestamp;
    }

    public org.apache.kafka.common.header.Headers headers() {
        return headers;
    }

    /** The last header of this name as text; empty also when it is too long to be one of ours. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .filter(bytes -> bytes.length <= LONGEST_HEADER)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    boolean keyIs(DeviceId device) {
        return Arrays.equals(key, HomePartitions.key(device));
    }

    /** Where the record stood before it was moved: another partition of the same topic. Any other text is not believed. */
    public Optional<RecordPlace> movedFrom() {
        return header(Headers.MOVED_FROM)
                .flatMap(RecordPlace::parse)
                .filter(from -> from.topic().equals(place.topic()) && from.partition() != place.partition());
    }

    /** The id of a command whose record names none: where it first stood. */
    public RequestId fallbackId() {
        return movedFrom().orElse(place).asRequestId();
    }
}
