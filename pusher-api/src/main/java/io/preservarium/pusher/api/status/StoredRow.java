package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * A row as bytes: what was read, appended as it was read, and when it is looked at next. Nothing is understood before
 * somebody asks. Key: {@code <request_id> 0 <device_id>}. Value: {@code version, look (8 bytes), parts (2 bytes)}, and
 * for each part {@code kind, record's time (8 bytes), length (4 bytes), bytes}.
 */
final class StoredRow {

    /** What a part is. */
    enum Kind {
        /** The command's record, as JSON. */
        COMMAND,
        /** What was kept of a long command. */
        SUMMARY,
        /** A status event, as JSON. */
        EVENT;

        private static final List<Kind> ALL = List.of(values());
    }

    /** One thing that was read; {@code at} is the time of its record, as far as it can be believed. */
    record Part(Kind kind, Instant at, byte[] bytes) {}

    private static final byte VERSION = 2;
    private static final int LOOK = 1;
    private static final int COUNT = LOOK + Long.BYTES;
    private static final int HEAD = COUNT + Short.BYTES;
    private static final int PART_HEAD = 1 + Long.BYTES + Integer.BYTES;

    /** What cannot be read any more is as if nothing had been read. */
    static final Codec<StoredRow> CODEC =
            Codec.of(StoredRow::toBytes, bytes -> of(bytes).orElseGet(() -> empty(Instant.EPOCH)));

    private final byte[] bytes;

    private StoredRow(byte[] bytes) {
        this.bytes = bytes;
    }

    static Bytes key(RequestId request, DeviceId device) {
        return Bytes.wrap((request.value() + '\0' + device.value()).getBytes(StandardCharsets.UTF_8));
    }

    /** Every device's command of this id. */
    static Bytes prefix(RequestId request) {
        return Bytes.wrap((request.value() + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** The lowest key after them. */
    static Bytes afterPrefix(RequestId request) {
        return Bytes.wrap((request.value() + '\u0001').getBytes(StandardCharsets.UTF_8));
    }

    static RequestId request(Bytes key) {
        String text = new String(key.get(), StandardCharsets.UTF_8);
        return new RequestId(text.substring(0, text.indexOf('\0')));
    }

    static DeviceId device(Bytes key) {
        String text = new String(key.get(), StandardCharsets.UTF_8);
        return new DeviceId(text.substring(text.indexOf('\0') + 1));
    }

    static StoredRow empty(Instant look) {
        return new StoredRow(ByteBuffer.allocate(HEAD)
                .put(VERSION)
                .putLong(look.toEpochMilli())
                .putShort((short) 0)
                .array());
    }

    /** A row of the version before is read too; empty for what is no row. */
    static Optional<StoredRow> of(byte[] value) {
        if (value.length >= HEAD && value[0] == VERSION) {
            return Optional.of(new StoredRow(value));
        }
        return RowVersion1.read(value);
    }

    byte[] toBytes() {
        return bytes;
    }

    /** When it is looked at next; the index of deadlines has it once, at this moment. */
    Instant look() {
        return Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong(LOOK));
    }

    StoredRow lookedAtNext(Instant look) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).putLong(LOOK, look.toEpochMilli());
        return new StoredRow(changed);
    }

    int count() {
        return ByteBuffer.wrap(bytes).getShort(COUNT);
    }

    /** The command's record is the first part, or it has not been read yet. */
    boolean hasCommand() {
        return bytes.length > HEAD && bytes[HEAD] != Kind.EVENT.ordinal();
    }

    /** Behind the others, but for the command, which is the first. */
    StoredRow with(Part part) {
        int at = part.kind() == Kind.EVENT ? bytes.length : HEAD;
        ByteBuffer changed = ByteBuffer.allocate(bytes.length + PART_HEAD + part.bytes().length)
                .put(bytes, 0, at)
                .put((byte) part.kind().ordinal())
                .putLong(part.at().toEpochMilli())
                .putInt(part.bytes().length)
                .put(part.bytes())
                .put(bytes, at, bytes.length - at)
                .putShort(COUNT, (short) (count() + 1));
        return new StoredRow(changed.array());
    }

    /** As far as they can be read. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes).position(HEAD);
        try {
            while (in.hasRemaining()) {
                Kind kind = Kind.ALL.get(in.get());
                Instant at = Instant.ofEpochMilli(in.getLong());
                byte[] part = new byte[Math.min(in.getInt(), in.remaining())];
                in.get(part);
                parts.add(new Part(kind, at, part));
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            return parts;
        }
        return parts;
    }

    /** For the comparison with what is written. */
    boolean isSameAs(StoredRow other) {
        return Arrays.equals(bytes, other.bytes);
    }
}
