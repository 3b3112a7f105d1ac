package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Writes what reading a record calls for, through the topology's own producer, which is flushed before the offset is
 * committed: nothing is lost by a crash in between.
 */
final class Forwarder {

    private final BookParts parts;
    private final ProcessorContext<byte[], byte[]> context;

    Forwarder(BookParts parts, ProcessorContext<byte[], byte[]> context) {
        this.parts = parts;
        this.context = context;
    }

    /** To its device's partition. */
    void move(ProducerRecord<byte[], byte[]> moved, String sink) {
        forward(moved, sink);
    }

    /** A copy among the dead letters. */
    void deadLetter(KafkaRecord record, String message) {
        Instant now = parts.clock().instant();
        forward(
                parts.records().deadLetters().write(record, Reason.INVALID_COMMAND, message, now),
                BookTopology.TO_DEAD_LETTERS);
        DeliveryLog.LOG.invalid(record.place().toString(), message);
    }

    void failed(RequestId request, DeviceId device, String message, Origin origin) {
        Instant now = parts.clock().instant();
        StatusEvent event = StatusEvent.invalid(request, device, now, parts.source(), message);
        forward(parts.records().status().write(event, origin, now), BookTopology.TO_STATUS);
    }

    private void forward(ProducerRecord<byte[], byte[]> record, String sink) {
        context.forward(new Record<>(record.key(), record.value(), record.timestamp(), record.headers()), sink);
    }
}
