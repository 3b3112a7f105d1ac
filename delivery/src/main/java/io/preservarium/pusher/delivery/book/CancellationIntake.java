package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CancellationJson;
import java.time.Instant;
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
        byte[] value = record.value() == null ? new byte[0] : record.value();
        switch (CancellationJson.read(value, Instant.ofEpochMilli(Math.max(0, record.timestamp())))) {
            case CancellationJson.Read.Valid(Cancellation cancellation) -> {
                if (forwarder.isAtHome(cancellation.deviceId(), at)) {
                    cancel(cancellation);
                } else if (parts.ownsInvalidCommands()
                        && !forwarder.move(record, at, cancellation.deviceId(), BookTopology.TO_CANCELLATIONS)) {
                    unreadable(record, at, "stands in the wrong partition after it was moved");
                }
            }
            case CancellationJson.Read.Invalid invalid ->
                unreadable(record, at, "no cancellation: " + invalid.message());
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
