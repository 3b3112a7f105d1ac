package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the command topic: key device id, value the command as JSON, headers request_id, protocol, expires_at, origin. */
public record CommandRecords(String topic, ExpiryRule expiry, RecordLimits limits) {

    /** What reading gave. */
    public sealed interface Read {

        /** A command in its device's partition. */
        record Valid(Command command, Origin origin, RecordTime acceptedAt) implements Read {}

        /** A command in another partition than its device's; {@code moved} is to be written, once. */
        record Misplaced(Command command, ProducerRecord<byte[], byte[]> moved) implements Read {}

        /** No command; the device is what could still be read, the id is the fallback where none could. */
        record Invalid(
                Optional<DeviceId> deviceId, RequestId requestId, Origin origin, Instant acceptedAt, String message)
                implements Read {}
    }

    public Read read(KafkaRecord record, HomePartitions home, Instant now) {
        RecordTime time = RecordTime.of(record.timestamp(), now);
        return switch (CommandJson.readRecord(record.value(), record.fallbackId(), time.at(), expiry)) {
            case CommandJson.Read.Valid valid -> placed(valid.command(), record, home, time);
            case CommandJson.Read.Invalid invalid ->
                new Read.Invalid(
                        invalid.deviceId(),
                        invalid.requestId().orElseGet(record::fallbackId),
                        Origin.KAFKA,
                        time.at(),
                        invalid.message());
        };
    }

    private Read placed(Command command, KafkaRecord record, HomePartitions home, RecordTime time) {
        if (home.isHome(command.deviceId(), record.place())) {
            return new Read.Valid(command, Origin.of(record, command), time);
        }
        if (record.movedFrom().isPresent()) {
            return new Read.Invalid(
                    Optional.of(command.deviceId()),
                    command.requestId(),
                    Origin.of(record, command),
                    time.at(),
                    "stands in the wrong partition after it was moved; do the connectors and the topic agree on the partition count?");
        }
        ProducerRecord<byte[], byte[]> moved = RecordWriter.moved(record, command.deviceId(), time.at(), limits);
        return limits.fits(moved)
                ? new Read.Misplaced(command, moved)
                : new Read.Invalid(
                        Optional.of(command.deviceId()),
                        command.requestId(),
                        Origin.of(record, command),
                        time.at(),
                        "stands in the wrong partition and is too large to be moved");
    }

    /** A command that was read back before it goes out; it always fits. */
    public ProducerRecord<byte[], byte[]> write(CommandRecord.Readable readable, Origin origin, Instant acceptedAt) {
        ProducerRecord<byte[], byte[]> record =
                RecordWriter.record(topic, readable.key(), readable.value(), acceptedAt);
        readable.headers().forEach((name, value) -> RecordWriter.header(record, name, value));
        RecordWriter.header(record, Headers.ORIGIN, origin.word());
        return record;
    }
}
