package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the one store, one family for each question that is asked. Device ids and parser references hold no control
 * characters, so a 0 ends them and the commands of a device lie together in offset order.
 */
final class BookKeys {

    /** {@code v device}: what is known of a device with unfinished commands. */
    static final byte DEVICE = 'v';
    /** {@code e device 0 offset}: a command that may go, or is in flight. */
    static final byte ELIGIBLE = 'e';
    /** {@code h device 0 offset}: a command that holds nobody back: not due, stopped, or without its script. */
    static final byte HELD = 'h';
    /** {@code b device 0 offset}: the record's bytes. */
    static final byte BODY = 'b';
    /** {@code i device 0 request_id}: what is known of an id. */
    static final byte ID = 'i';
    /** {@code d millis device 0 offset}: a deadline of a command. */
    static final byte DUE = 'd';
    /** {@code p ref 0 device 0 offset}: a command that waits for its script. */
    static final byte PARSER = 'p';
    /** {@code u offset device}: a command that was not formatted yet. */
    static final byte UNCHECKED = 'u';
    /** {@code k device 0 collapse_key}: the newest command of that key. */
    static final byte COLLAPSE = 'k';
    /** {@code a device}: the latest answer. */
    static final byte ANSWER = 'a';
    /** {@code o}, one row: no body was ever written out of this offset or a later one. */
    static final byte BODIES_BEFORE = 'o';

    private BookKeys() {}

    static Bytes device(DeviceId device) {
        return of(DEVICE, utf8(device.value()));
    }

    static DeviceId deviceOf(Bytes deviceKey) {
        byte[] key = deviceKey.get();
        return new DeviceId(new String(key, 1, key.length - 1, StandardCharsets.UTF_8));
    }

    static Bytes answer(DeviceId device) {
        return of(ANSWER, utf8(device.value()));
    }

    static Bytes command(byte family, DeviceId device, long offset) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + 10)
                .put(family)
                .put(id)
                .put((byte) 0)
                .putLong(offset)
                .array());
    }

    static long offsetOf(Bytes commandKey) {
        byte[] key = commandKey.get();
        return ByteBuffer.wrap(key).getLong(key.length - 8);
    }

    static Bytes id(DeviceId device, RequestId request) {
        return pair(ID, device, utf8(request.value()));
    }

    static Bytes collapse(DeviceId device, String collapseKey) {
        return pair(COLLAPSE, device, utf8(collapseKey));
    }

    private static Bytes pair(byte family, DeviceId device, byte[] name) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + name.length + 2)
                .put(family)
                .put(id)
                .put((byte) 0)
                .put(name)
                .array());
    }

    /** {@code device 0 offset}: what a deadline is of. */
    static Bytes place(DeviceId device, long offset) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + 9)
                .put(id)
                .put((byte) 0)
                .putLong(offset)
                .array());
    }

    static Place placeOf(Bytes placeKey) {
        return place(placeKey.get(), 0);
    }

    static Bytes parser(ParserRef ref, DeviceId device, long offset) {
        byte[] script = utf8(ref.value());
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(script.length + id.length + 11)
                .put(PARSER)
                .put(script)
                .put((byte) 0)
                .put(id)
                .put((byte) 0)
                .putLong(offset)
                .array());
    }

    static Bytes firstOfParser(ParserRef ref) {
        return of(PARSER, utf8(ref.value() + "\u0000"));
    }

    static Bytes afterParser(ParserRef ref) {
        return of(PARSER, utf8(ref.value() + "\u0001"));
    }

    static Place placeOfParser(ParserRef ref, Bytes parserKey) {
        return place(parserKey.get(), utf8(ref.value()).length + 2);
    }

    static Bytes unchecked(DeviceId device, long offset) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + 9)
                .put(UNCHECKED)
                .putLong(offset)
                .put(id)
                .array());
    }

    static Bytes firstUncheckedFrom(long offset) {
        return Bytes.wrap(ByteBuffer.allocate(9).put(UNCHECKED).putLong(offset).array());
    }

    static Place placeOfUnchecked(Bytes uncheckedKey) {
        byte[] key = uncheckedKey.get();
        return new Place(
                new DeviceId(new String(key, 9, key.length - 9, StandardCharsets.UTF_8)),
                ByteBuffer.wrap(key).getLong(1));
    }

    static Bytes first(byte family) {
        return Bytes.wrap(new byte[] {family});
    }

    /** The lowest key after a family. */
    static Bytes after(byte family) {
        return Bytes.wrap(new byte[] {(byte) (family + 1)});
    }

    /** The lowest key after this one. */
    static Bytes next(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }

    private static Place place(byte[] key, int from) {
        int end = key.length - 9;
        return new Place(
                new DeviceId(new String(key, from, end - from, StandardCharsets.UTF_8)),
                ByteBuffer.wrap(key).getLong(end + 1));
    }

    private static Bytes of(byte family, byte[] rest) {
        return Bytes.wrap(
                ByteBuffer.allocate(rest.length + 1).put(family).put(rest).array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
