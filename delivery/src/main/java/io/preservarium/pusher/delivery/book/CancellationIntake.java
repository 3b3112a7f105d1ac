package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.KafkaRecord;
import java.time.Instant;

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

    void read(KafkaRecord record) {
        Instant now = parts.clock().instant();
        switch (parts.records().cancellations().read(record, parts.home(), now)) {
            case CancellationRecords.Read.Valid(Cancellation cancellation) -> cancel(cancellation, now);
            case CancellationRecords.Read.Misplaced misplaced -> {
                if (parts.ownsInvalidCommands()) {
                    forwarder.move(misplaced.moved(), BookTopology.TO_CANCELLATIONS);
                }
            }
            case CancellationRecords.Read.Invalid invalid -> {
                if (parts.ownsInvalidCommands()) {
                    forwarder.deadLetter(record, "no cancellation: " + invalid.message());
                }
            }
        }
    }

    private void cancel(Cancellation cancellation, Instant now) {
        String by = cancellation.by().isEmpty() ? "somebody" : ForeignText.bounded(cancellation.by(), MAX_BY);
        book.cancel(
                cancellation.deviceId(),
                cancellation.requestId(),
                new Waiting.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for by " + by),
                now);
    }
}
