package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.Headers;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the cancellation topic: key device id, value the request as JSON, headers request_id and origin. */
public record CancellationRecords(String topic, RecordLimits limits) {

    /** Of {@code by}, which ends up in messages. */
    private static final int LONGEST_NAME = 256;

    /** What reading gave. */
    public sealed interface Read {

        record Valid(Cancellation cancellation) implements Read {}

        /** In another partition than its device's; {@code moved} is to be written, once. */
        record Misplaced(Cancellation cancellation, ProducerRecord<byte[], byte[]> moved) implements Read {}

        record Invalid(String message) implements Read {}
    }

    public Read read(KafkaRecord record, HomePartitions home, Instant now) {
        Optional<Cancellation> found = CancellationJson.read(record.value()).map(CancellationRecords::bounded);
        if (found.isEmpty()) {
            return new Read.Invalid("is no cancellation: request_id, device_id and at are needed");
        }
        Cancellation cancellation = found.get();
        if (home.isHome(cancellation.deviceId(), record.place())) {
            return new Read.Valid(cancellation);
        }
        if (record.movedFrom().isPresent()) {
            return new Read.Invalid("stands in the wrong partition after it was moved");
        }
        Instant at = RecordTime.of(record.timestamp(), now).at();
        return new Read.Misplaced(cancellation, write(cancellation, record, at));
    }

    private ProducerRecord<byte[], byte[]> write(Cancellation cancellation, KafkaRecord from, Instant at) {
        ProducerRecord<byte[], byte[]> moved = RecordWriter.record(
                from.place().topic(),
                HomePartitions.key(cancellation.deviceId()),
                CancellationJson.write(cancellation),
                at);
        RecordWriter.header(moved, Headers.MOVED_FROM, from.place().toString());
        RecordWriter.header(moved, Headers.REQUEST_ID, cancellation.requestId().value());
        return moved;
    }

    /** Always fits. */
    public ProducerRecord<byte[], byte[]> write(Cancellation cancellation, Origin origin) {
        ProducerRecord<byte[], byte[]> record = RecordWriter.record(
                topic,
                HomePartitions.key(cancellation.deviceId()),
                CancellationJson.write(bounded(cancellation)),
                cancellation.at());
        RecordWriter.header(record, Headers.REQUEST_ID, cancellation.requestId().value());
        RecordWriter.header(record, Headers.ORIGIN, origin.word());
        return record;
    }

    private static Cancellation bounded(Cancellation cancellation) {
        return new Cancellation(
                cancellation.requestId(),
                cancellation.deviceId(),
                cancellation.at(),
                BoundedText.of(cancellation.by(), LONGEST_NAME));
    }
}
