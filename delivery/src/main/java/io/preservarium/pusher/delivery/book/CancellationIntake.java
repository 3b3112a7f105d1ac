package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CancellationJson;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Reads the requests to cancel; a request read before its command is kept until the command comes. */
final class CancellationIntake {

    private static final int MAX_BY = 200;

    private final BookParts parts;
    private final Book book;
    private final Forwarder forwarder;

    CancellationIntake(BookParts parts, Book book, Forwarder forwarder) {
        this.parts = parts;
        this.book = book;
        this.forwarder = forwarder;
    }

    void read(Record<byte[], byte[]> record, RecordMetadata at) {
        Optional<Cancellation> cancellation =
                record.value() == null ? Optional.empty() : CancellationJson.read(record.value());
        if (cancellation.isEmpty()) {
            unreadable(record, at, "no cancellation: it needs request_id and device_id");
        } else if (forwarder.isAtHome(cancellation.get().deviceId(), at)) {
            cancel(cancellation.get());
        } else if (parts.ownsInvalidCommands()
                && !forwarder.move(record, at, cancellation.get().deviceId(), BookTopology.TO_CANCELLATIONS)) {
            unreadable(record, at, "stands in the wrong partition after it was moved");
        }
    }

    private void unreadable(Record<byte[], byte[]> record, RecordMetadata at, String message) {
        if (parts.ownsInvalidCommands()) {
            forwarder.unreadable(record, at, message);
        }
    }

    private void cancel(Cancellation cancellation) {
        String by = cancellation.by().isEmpty() ? "somebody" : cancellation.by();
        book.cancel(
                cancellation.deviceId(),
                cancellation.requestId(),
                new Waiting.Stop(
                        CommandState.CANCELLED,
                        Reason.CANCEL_REQUESTED,
                        "asked for by " + (by.length() <= MAX_BY ? by : by.substring(0, MAX_BY) + "…")),
                parts.clock().instant());
    }
}
