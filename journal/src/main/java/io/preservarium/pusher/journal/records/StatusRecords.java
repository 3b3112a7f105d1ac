package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the status topic: key device id, value the event as JSON, headers request_id, state, final, protocol, origin. */
public record StatusRecords(String topic, RecordLimits limits) {

    /** Characters of a message; the rest is cut. */
    public static final int LONGEST_MESSAGE = 4_096;

    private static final int LONGEST_SOURCE = 256;

    /** What reading gave. */
    public sealed interface Read {

        record Valid(StatusEvent event) implements Read {}

        /** In another partition than its device's; {@code moved} is to be written, once. */
        record Misplaced(StatusEvent event, ProducerRecord<byte[], byte[]> moved) implements Read {}

        record Invalid(String message) implements Read {}
    }

    public Read read(KafkaRecord record, HomePartitions home, Instant now) {
        Optional<StatusEvent> event = event(record);
        if (event.isEmpty()) {
            return new Read.Invalid("is no status event");
        }
        if (home.isHome(event.get().deviceId(), record.place())) {
            return new Read.Valid(event.get());
        }
        if (record.movedFrom().isPresent()) {
            return new Read.Invalid("stands in the wrong partition after it was moved");
        }
        ProducerRecord<byte[], byte[]> moved = RecordWriter.moved(
                record, event.get().deviceId(), RecordTime.of(record.timestamp(), now).at(), limits);
        return limits.fits(moved)
                ? new Read.Misplaced(event.get(), moved)
                : new Read.Invalid("stands in the wrong partition and is too large to be moved");
    }

    /** The event of a record, wherever it stands; for readers of every partition. */
    public static Optional<StatusEvent> event(KafkaRecord record) {
        return StatusJson.read(record.value());
    }

    /** False when the header says that the event is about another protocol, which spares reading the JSON. */
    public static boolean mayConcern(KafkaRecord record, Protocol protocol) {
        return record.header(Headers.PROTOCOL).map(protocol.word()::equals).orElse(true);
    }

    /** Always fits: a message is cut, and facts that are too large are left out and say so. */
    public ProducerRecord<byte[], byte[]> write(StatusEvent event, Origin origin, Instant at) {
        StatusEvent bounded = with(event, event.delivery());
        ProducerRecord<byte[], byte[]> record;
        try {
            record = record(bounded, origin, at);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return record(withoutFacts(event, "they cannot be written as JSON"), origin, at);
        }
        return limits.fits(record)
                ? record
                : record(
                        withoutFacts(
                                event,
                                "with them the record has " + RecordLimits.sizeOf(record) + " bytes of at most "
                                        + limits.maxRecordBytes()),
                        origin,
                        at);
    }

    private ProducerRecord<byte[], byte[]> record(StatusEvent event, Origin origin, Instant at) {
        ProducerRecord<byte[], byte[]> record =
                RecordWriter.record(topic, HomePartitions.key(event.deviceId()), StatusJson.write(event), at);
        RecordWriter.header(record, Headers.REQUEST_ID, event.requestId().value());
        RecordWriter.header(record, Headers.STATE, event.state().word());
        RecordWriter.header(record, Headers.FINAL, Boolean.toString(event.isFinal()));
        event.protocol().ifPresent(protocol -> RecordWriter.header(record, Headers.PROTOCOL, protocol.word()));
        RecordWriter.header(record, Headers.ORIGIN, origin.word());
        return record;
    }

    private static StatusEvent withoutFacts(StatusEvent event, String why) {
        return with(event, Map.of("omitted", why));
    }

    private static StatusEvent with(StatusEvent event, Map<String, Object> delivery) {
        return new StatusEvent(
                event.requestId(),
                event.deviceId(),
                event.commandType(),
                event.protocol(),
                event.state(),
                event.isFinal(),
                event.reason(),
                event.message().map(message -> BoundedText.of(message, LONGEST_MESSAGE)),
                event.at(),
                BoundedText.of(event.source(), LONGEST_SOURCE),
                event.attempt(),
                event.late(),
                event.parser(),
                event.bytes(),
                delivery);
    }
}
