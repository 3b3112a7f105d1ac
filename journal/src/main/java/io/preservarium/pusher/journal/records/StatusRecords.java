package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the status topic: key device id, value the event as JSON, headers request_id, state, final, protocol, origin. */
public record StatusRecords(String topic, RecordLimits limits) {

    /** What reading gave. */
    public sealed interface Read {

        record Valid(StatusEvent event) implements Read {}

        /** In another partition than its device's; {@code moved} is to be written, once. */
        record Misplaced(StatusEvent event, ProducerRecord<byte[], byte[]> moved) implements Read {}

        /** No event; the ids are what could still be read of it. */
        record Invalid(String message, Optional<DeviceId> deviceId, Optional<RequestId> requestId) implements Read {}
    }

    public Read read(KafkaRecord record, HomePartitions home, Instant now) {
        return switch (StatusJson.read(record.value())) {
            case StatusJson.Read.Valid valid -> placed(valid.event(), record, home, now);
            case StatusJson.Read.Invalid invalid ->
                new Read.Invalid(invalid.message(), invalid.deviceId(), invalid.requestId());
        };
    }

    private Read placed(StatusEvent event, KafkaRecord record, HomePartitions home, Instant now) {
        if (home.isHome(event.deviceId(), record.place())) {
            return new Read.Valid(event);
        }
        if (record.movedFrom().isPresent()) {
            return invalid(event, "stands in the wrong partition after it was moved");
        }
        ProducerRecord<byte[], byte[]> moved = RecordWriter.moved(
                record, event.deviceId(), RecordTime.of(record.timestamp(), now).at(), limits);
        return limits.fits(moved)
                ? new Read.Misplaced(event, moved)
                : invalid(event, "stands in the wrong partition and is too large to be moved");
    }

    private static Read invalid(StatusEvent event, String message) {
        return new Read.Invalid(message, Optional.of(event.deviceId()), Optional.of(event.requestId()));
    }

    /** The event of a record, wherever it stands; for readers of every partition. */
    public static Optional<StatusEvent> event(KafkaRecord record) {
        return StatusJson.read(record.value()).ifValid();
    }

    /** False when the header says that the event is about another protocol, which spares reading the JSON. */
    public static boolean mayConcern(KafkaRecord record, Protocol protocol) {
        return record.header(Headers.PROTOCOL).map(protocol.word()::equals).orElse(true);
    }

    /** Always fits: an event is cut when it is made. */
    public ProducerRecord<byte[], byte[]> write(StatusEvent event, Origin origin, Instant at) {
        ProducerRecord<byte[], byte[]> record =
                RecordWriter.record(topic, HomePartitions.key(event.deviceId()), StatusJson.write(event), at);
        RecordWriter.header(record, Headers.REQUEST_ID, event.requestId().value());
        RecordWriter.header(record, Headers.STATE, event.state().word());
        RecordWriter.header(record, Headers.FINAL, Boolean.toString(event.isFinal()));
        event.protocol().ifPresent(protocol -> RecordWriter.header(record, Headers.PROTOCOL, protocol.word()));
        RecordWriter.header(record, Headers.ORIGIN, origin.word());
        return record;
    }
}
