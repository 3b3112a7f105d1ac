package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Reads the command topic: puts commands of this protocol into the book, moves records that stand in the wrong
 * partition, and answers for records that are no command. The header {@code protocol} spares reading the others' JSON;
 * a record whose header and JSON disagree is answered for by the connector that the header names.
 */
final class CommandIntake {

    private static final int MAX_ORIGIN = 16;

    private final BookParts parts;
    private final Book book;
    private final Forwarder forwarder;

    CommandIntake(BookParts parts, Book book, Forwarder forwarder) {
        this.parts = parts;
        this.book = book;
        this.forwarder = forwarder;
    }

    void read(Record<byte[], byte[]> record, RecordMetadata at) {
        Optional<Protocol> named = Forwarder.header(record, Headers.PROTOCOL).flatMap(Protocol::of);
        if (named.filter(protocol -> protocol != parts.protocol()).isPresent()) {
            forgetEarly(record, at);
            return;
        }
        RequestId ifAbsent = Forwarder.header(record, Headers.MOVED_FROM)
                .flatMap(CommandIntake::requestId)
                .orElseGet(() -> new RequestId(Forwarder.position(at)));
        byte[] value = record.value() == null ? new byte[0] : record.value();
        switch (CommandJson.readRecord(
                value,
                ifAbsent,
                Instant.ofEpochMilli(record.timestamp()),
                parts.rules().expiry())) {
            case CommandJson.Read.Valid(Command command) -> {
                if (command.protocol() == parts.protocol()) {
                    accept(command, record, at);
                } else if (named.isPresent()) {
                    refuse(
                            record,
                            at,
                            Optional.of(command.deviceId()),
                            command.requestId(),
                            "header protocol says " + named.get().word() + " and the JSON "
                                    + command.protocol().word());
                } else if (forwarder.isAtHome(command.deviceId(), at)) {
                    book.forgetEarly(command.deviceId(), command.requestId());
                }
            }
            case CommandJson.Read.Invalid invalid -> {
                if (named.isPresent() || parts.ownsInvalidCommands()) {
                    refuse(record, at, invalid.deviceId(), invalid.requestId().orElse(ifAbsent), invalid.message());
                }
            }
        }
    }

    private void forgetEarly(Record<byte[], byte[]> record, RecordMetadata at) {
        Optional<DeviceId> device = record.key() == null
                ? Optional.empty()
                : deviceId(new String(record.key(), StandardCharsets.UTF_8)).filter(id -> forwarder.isAtHome(id, at));
        Optional<RequestId> request =
                Forwarder.header(record, Headers.REQUEST_ID).flatMap(CommandIntake::requestId);
        if (device.isPresent() && request.isPresent()) {
            book.forgetEarly(device.get(), request.get());
        }
    }

    private void accept(Command command, Record<byte[], byte[]> record, RecordMetadata at) {
        DeviceId device = command.deviceId();
        if (!forwarder.isAtHome(device, at)) {
            if (forwarder.move(record, at, device, BookTopology.TO_COMMANDS)) {
                parts.log().moved(command.requestId(), device, at.partition());
            } else {
                refuse(
                        record,
                        at,
                        Optional.of(device),
                        command.requestId(),
                        "stands in the wrong partition after it was moved; do the connectors and the topic agree on the partition count?");
            }
            return;
        }
        book.accept(
                new Waiting.Facts(
                        device,
                        at.offset(),
                        command.requestId(),
                        command.commandType(),
                        Instant.ofEpochMilli(record.timestamp()),
                        command.expiresAt(),
                        command.notBefore(),
                        command.collapseKey(),
                        command.expect(),
                        command.parserScriptRef(),
                        origin(record)),
                record.value(),
                parts.clock().instant(),
                parts.startsAtOnce().getAsBoolean());
    }

    private void refuse(
            Record<byte[], byte[]> record,
            RecordMetadata at,
            Optional<DeviceId> device,
            RequestId request,
            String message) {
        forwarder.unreadable(record, at, message);
        device.ifPresent(id -> forwarder.failed(request, id, message, origin(record)));
    }

    /** A record without the header was written by somebody's own producer. */
    private static String origin(Record<byte[], byte[]> record) {
        return Forwarder.header(record, Headers.ORIGIN)
                .filter(text -> text.length() <= MAX_ORIGIN)
                .orElse("kafka");
    }

    private static Optional<RequestId> requestId(String text) {
        try {
            return Optional.of(new RequestId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<DeviceId> deviceId(String text) {
        try {
            return Optional.of(new DeviceId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
