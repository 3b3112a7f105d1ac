package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

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

    void read(Record<byte[], byte[]> record, RecordMetadata at) {
        Optional<Protocol> named = Forwarder.header(record, Headers.PROTOCOL).flatMap(Protocol::of);
        if (named.filter(protocol -> protocol != parts.protocol()).isPresent()) {
            return;
        }
        switch (StatusJson.read(record.value() == null ? new byte[0] : record.value())) {
            case StatusJson.Read.Valid(StatusEvent event) -> observe(event, record, at);
            case StatusJson.Read.Invalid invalid -> {
                if (named.isPresent() || parts.ownsInvalidCommands()) {
                    forwarder.unreadable(record, at, "no status event: " + invalid.message());
                }
            }
        }
    }

    private void observe(StatusEvent event, Record<byte[], byte[]> record, RecordMetadata at) {
        if (event.protocol().filter(parts.protocol()::equals).isEmpty()) {
            return;
        }
        if (forwarder.isAtHome(event.deviceId(), at)) {
            book.observe(event, answer(record, event), parts.clock().instant());
        } else if (!forwarder.move(record, at, event.deviceId(), BookTopology.TO_STATUS)) {
            forwarder.unreadable(record, at, "stands in the wrong partition after it was moved");
        }
    }

    private static Optional<KeptAnswer> answer(Record<byte[], byte[]> record, StatusEvent event) {
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
