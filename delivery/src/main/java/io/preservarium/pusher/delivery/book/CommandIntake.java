package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordTime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the command topic: puts commands of this protocol into the book, moves records that stand in the wrong
 * partition, and answers for records that are no command. The header {@code protocol} spares reading the others' JSON;
 * a record whose header and JSON disagree is answered for by the connector that the header names.
 */
final class CommandIntake {

    private final BookParts parts;
    private final Book book;
    private final Forwarder forwarder;

    CommandIntake(BookParts parts, Book book, Forwarder forwarder) {
        this.parts = parts;
        this.book = book;
        this.forwarder = forwarder;
    }

    void read(KafkaRecord record) {
        Optional<Protocol> named = record.header(Headers.PROTOCOL).flatMap(Protocol::of);
        if (named.filter(protocol -> protocol != parts.protocol()).isPresent()) {
            forgetEarly(record);
            return;
        }
        Instant now = parts.clock().instant();
        switch (parts.records().commands().read(record, parts.home(), now)) {
            case CommandRecords.Read.Valid(Command command, Origin origin, RecordTime acceptedAt) -> {
                if (isOurs(command, named, record, origin)) {
                    accept(command, record, origin, acceptedAt, now);
                } else if (command.protocol() != parts.protocol()) {
                    book.forgetEarly(command.deviceId(), command.requestId());
                }
            }
            case CommandRecords.Read.Misplaced misplaced -> {
                if (isOurs(misplaced.command(), named, record, Origin.KAFKA)) {
                    forwarder.move(misplaced.moved(), BookTopology.TO_COMMANDS);
                    DeliveryLog.LOG.moved(
                            misplaced.command().requestId(),
                            misplaced.command().deviceId(),
                            record.place().partition());
                }
            }
            case CommandRecords.Read.Invalid invalid -> {
                if (named.isPresent() || parts.ownsInvalidCommands()) {
                    refuse(record, invalid.deviceId(), invalid.requestId(), invalid.message(), invalid.origin());
                }
            }
        }
    }

    private boolean isOurs(Command command, Optional<Protocol> named, KafkaRecord record, Origin origin) {
        if (command.protocol() == parts.protocol()) {
            return true;
        }
        if (named.isPresent()) {
            refuse(
                    record,
                    Optional.of(command.deviceId()),
                    command.requestId(),
                    "header protocol says " + named.get().word() + " and the JSON "
                            + command.protocol().word(),
                    origin);
        }
        return false;
    }

    /** A command of the other protocol: a cancellation that was read before it is that connector's to keep. */
    private void forgetEarly(KafkaRecord record) {
        Optional<DeviceId> device = born(new String(record.key(), StandardCharsets.UTF_8), DeviceId::new)
                .filter(id -> parts.home().isHome(id, record.place()));
        Optional<RequestId> request = record.header(Headers.REQUEST_ID).flatMap(text -> born(text, RequestId::new));
        if (device.isPresent() && request.isPresent()) {
            book.forgetEarly(device.get(), request.get());
        }
    }

    private void accept(Command command, KafkaRecord record, Origin origin, RecordTime acceptedAt, Instant now) {
        book.accept(
                new Waiting.Facts(
                        command.deviceId(),
                        record.place().offset(),
                        command.requestId(),
                        command.commandType(),
                        acceptedAt.at(),
                        acceptedAt.doubt(),
                        command.expiresAt(),
                        command.notBefore(),
                        command.collapseKey(),
                        command.expect(),
                        command.parserScriptRef(),
                        origin),
                new Body(record.value(), Optional.of(command)),
                now,
                parts.startsAtOnce().getAsBoolean());
    }

    private void refuse(
            KafkaRecord record, Optional<DeviceId> device, RequestId request, String message, Origin origin) {
        forwarder.deadLetter(record, message);
        device.ifPresent(id -> forwarder.failed(request, id, message, origin));
    }

    private static <T> Optional<T> born(String text, Function<String, T> birth) {
        try {
            return Optional.of(birth.apply(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
