package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.StatusRecords;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;

/** Reads the status topic: the evidence, written by this process or another, is what moves commands in the book. */
final class StatusIntake {

    private final BookParts parts;
    private final Book book;
    private final Forwarder forwarder;

    StatusIntake(BookParts parts, Book book, Forwarder forwarder) {
        this.parts = parts;
        this.book = book;
        this.forwarder = forwarder;
    }

    void read(KafkaRecord record) {
        Optional<Protocol> named = record.header(Headers.PROTOCOL).flatMap(Protocol::of);
        if (named.filter(protocol -> protocol != parts.protocol()).isPresent()) {
            return;
        }
        Instant now = parts.clock().instant();
        switch (parts.records().status().read(record, parts.home(), now)) {
            case StatusRecords.Read.Valid(StatusEvent event) -> {
                if (isOurs(event)) {
                    book.observe(event, answer(record, event), now);
                }
            }
            case StatusRecords.Read.Misplaced misplaced -> {
                if (isOurs(misplaced.event())) {
                    forwarder.move(misplaced.moved(), BookTopology.TO_STATUS);
                }
            }
            case StatusRecords.Read.Invalid invalid -> {
                if (named.isPresent() || parts.ownsInvalidCommands()) {
                    forwarder.deadLetter(record, "no status event: " + invalid.message());
                }
            }
        }
    }

    private boolean isOurs(StatusEvent event) {
        return event.protocol().filter(parts.protocol()::equals).isPresent();
    }

    private static Optional<KeptAnswer> answer(KafkaRecord record, StatusEvent event) {
        Header bytes = record.headers().lastHeader(KeptAnswer.HEADER);
        if (bytes == null
                || bytes.value() == null
                || event.state() != CommandState.SENDING
                || event.exchange().isEmpty()
                || event.parser().isEmpty()) {
            return Optional.empty();
        }
        Instant until = event.at().plus(KeptAnswer.EXCHANGE_LIFETIME);
        return Optional.of(new KeptAnswer(
                event.exchange().get(),
                event.requestId(),
                event.attempt(),
                event.parser().get(),
                bytes.value(),
                until));
    }
}
