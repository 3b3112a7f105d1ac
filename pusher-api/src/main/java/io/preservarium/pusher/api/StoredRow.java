package io.preservarium.pusher.api;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;

/**
 * A row as bytes, with the place of its entry in the due index. Keys: {@code <request_id> 0 <device_id>} for rows;
 * {@code 0 'D' <millis, 8 bytes> <row key>} for the index. A request id never starts with 0, so families do not mix.
 */
record StoredRow(CommandRow row, CommandRow.Due due) {

    private static final byte VERSION = 1;
    private static final byte[] DUE_FAMILY = {0, 'D'};

    /** An event is kept whole up to this size; a longer one loses its facts and the end of its message. */
    private static final int MAX_EVENT = 8 * 1024;

    private static final int KEPT_MESSAGE = 1000;

    static Bytes rowKey(RequestId request, DeviceId device) {
        return Bytes.wrap((request.value() + '\0' + device.value()).getBytes(StandardCharsets.UTF_8));
    }

    /** Every device's command of this id. */
    static Bytes rowPrefix(RequestId request) {
        return Bytes.wrap((request.value() + '\0').getBytes(StandardCharsets.UTF_8));
    }

    Bytes key() {
        return rowKey(row.requestId(), row.deviceId());
    }

    Bytes dueKey() {
        byte[] key = key().get();
        return Bytes.wrap(ByteBuffer.allocate(DUE_FAMILY.length + Long.BYTES + key.length)
                .put(DUE_FAMILY)
                .putLong(Math.max(0, due.at().toEpochMilli()))
                .put(key)
                .array());
    }

    static Bytes dueFrom() {
        return Bytes.wrap(DUE_FAMILY);
    }

    static Bytes dueUpTo(Instant now) {
        return Bytes.wrap(ByteBuffer.allocate(DUE_FAMILY.length + Long.BYTES)
                .put(DUE_FAMILY)
                .putLong(now.toEpochMilli() + 1)
                .array());
    }

    static Bytes rowKeyOfDue(Bytes dueKey) {
        byte[] bytes = dueKey.get();
        return Bytes.wrap(java.util.Arrays.copyOfRange(bytes, DUE_FAMILY.length + Long.BYTES, bytes.length));
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(due.at().toEpochMilli());
            text(due.task().name(), out);
            out.writeBoolean(row.accepted().isPresent());
            if (row.accepted().isPresent()) {
                write(row.accepted().get(), out);
            }
            out.writeInt(row.events().size());
            for (StatusEvent event : row.events()) {
                text(new String(eventBytes(event), StandardCharsets.UTF_8), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] eventBytes(StatusEvent event) {
        byte[] whole = StatusJson.write(event);
        return whole.length <= MAX_EVENT ? whole : StatusJson.write(shortened(event));
    }

    private static StatusEvent shortened(StatusEvent event) {
        return new StatusEvent(
                event.requestId(),
                event.deviceId(),
                event.commandType(),
                event.protocol(),
                event.state(),
                event.isFinal(),
                event.reason(),
                event.message().map(StoredRow::shortened),
                event.at(),
                shortened(event.source()),
                event.attempt(),
                event.late(),
                event.parser(),
                event.bytes(),
                Map.of());
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= KEPT_MESSAGE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, KEPT_MESSAGE)) + "…";
    }

    private static void write(CommandRow.Accepted accepted, DataOutputStream out) throws IOException {
        out.writeLong(accepted.at().toEpochMilli());
        text(accepted.origin(), out);
        text(accepted.commandType(), out);
        text(accepted.protocol().map(Protocol::word), out);
        text(accepted.parser().map(ParserRef::value), out);
        text(accepted.parserSha256().map(Digest::hex), out);
        text(accepted.expect().word(), out);
        text(accepted.expiresAt().map(at -> Long.toString(at.toEpochMilli())), out);
        text(accepted.replyTimeout().map(time -> Long.toString(time.toSeconds())), out);
        text(accepted.digest().map(Digest::hex), out);
    }

    private static void text(Optional<String> text, DataOutputStream out) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            text(text.get(), out);
        }
    }

    private static void text(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** Empty when these bytes are no row of this version. */
    static Optional<StoredRow> read(Bytes key, byte[] value) {
        String id = new String(key.get(), StandardCharsets.UTF_8);
        int end = id.indexOf('\0');
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            if (end < 0 || in.readByte() != VERSION) {
                return Optional.empty();
            }
            Instant dueAt = Instant.ofEpochMilli(in.readLong());
            CommandRow.Task task = CommandRow.Task.valueOf(text(in));
            Optional<CommandRow.Accepted> accepted = in.readBoolean() ? Optional.of(accepted(in)) : Optional.empty();
            int count = in.readInt();
            List<StatusEvent> events = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                StatusJson.read(text(in).getBytes(StandardCharsets.UTF_8))
                        .ifValid()
                        .ifPresent(events::add);
            }
            CommandRow row = new CommandRow(
                    new RequestId(id.substring(0, end)), new DeviceId(id.substring(end + 1)), accepted, events);
            return Optional.of(new StoredRow(row, new CommandRow.Due(dueAt, task)));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static CommandRow.Accepted accepted(DataInputStream in) throws IOException {
        return new CommandRow.Accepted(
                Instant.ofEpochMilli(in.readLong()),
                text(in),
                optional(in, Function.identity()),
                optional(in, Protocol::of).flatMap(Function.identity()),
                optional(in, ParserRef::new),
                optional(in, Digest::new),
                Expectation.of(text(in)).orElse(Expectation.SENT),
                optional(in, millis -> Instant.ofEpochMilli(Long.parseLong(millis))),
                optional(in, seconds -> Duration.ofSeconds(Long.parseLong(seconds))),
                optional(in, Digest::new));
    }

    private static <T> Optional<T> optional(DataInputStream in, Function<String, T> birth) throws IOException {
        return in.readBoolean() ? Optional.of(birth.apply(text(in))) : Optional.empty();
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text cannot be " + length + " bytes long here");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
