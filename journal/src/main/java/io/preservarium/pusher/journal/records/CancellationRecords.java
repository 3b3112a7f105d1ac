package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.Headers;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the cancellation topic: key device id, value the request as JSON, headers request_id and origin. */
public record CancellationRecords(String topic, RecordLimits limits) {

    /** What reading gave. */
    public sealed interface Read {

        record Valid(Cancellation cancellation) implements Read {}

        /** In another partition than its device's; {@code moved} is to be written, once. */
        record Misplaced(Cancellation cancellation, ProducerRecord<byte[], byte[]> moved) implements Read {}

        /** No cancellation; the ids are what could still be read of it. */
        record Invalid(String message, Optional<DeviceId> deviceId, Optional<RequestId> requestId) implements Read {}
    }

    public Read read(KafkaRecord record, HomePartitions home, Instant now) {
        Instant at = RecordTime.of(record.timestamp(), now).at();
        return switch (CancellationJson.read(record.value(), at)) {
            case CancellationJson.Read.Valid valid -> placed(valid.cancellation(), record, home, at);
            case CancellationJson.Read.Invalid invalid ->
                new Read.Invalid(invalid.message(), invalid.deviceId(), invalid.requestId());
        };
    }

    private Read placed(Cancellation cancellation, KafkaRecord record, HomePartitions home, Instant at) {
        if (home.isHome(cancellation.deviceId(), record.place())) {
            return new Read.Valid(cancellation);
        }
        return record.movedFrom().isPresent()
                ? new Read.Invalid(
                        "stands in the wrong partition after it was moved",
                        Optional.of(cancellation.deviceId()),
                        Optional.of(cancellation.requestId()))
                : new Read.Misplaced(cancellation, moved(cancellation, record, at));
    }

    private ProducerRecord<byte[], byte[]> moved(Cancellation cancellation, KafkaRecord from, Instant at) {
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
                CancellationJson.write(cancellation),
                cancellation.at());
        RecordWriter.header(record, Headers.REQUEST_ID, cancellation.requestId().value());
        RecordWriter.header(record, Headers.ORIGIN, origin.word());
        return record;
    }
}
