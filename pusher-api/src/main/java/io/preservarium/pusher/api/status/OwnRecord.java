package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.journal.records.KafkaRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which command a record of our own writers is about, without reading its JSON: key and header name the identity, and
 * the text begins with the same one. Whatever else begins differently is read in full.
 */
record OwnRecord(RequestId request, DeviceId device) {

    private static final byte[] COMMAND_MIDDLE = utf8("\",\"timestamp\":\"");
    private static final byte[] EVENT_MIDDLE = utf8("\",\"device_id\":\"");
    private static final byte[] START = utf8("{\"request_id\":\"");

    /** A time is shorter than this. */
    private static final int LONGEST_TIME = 40;

    /** {@code {"request_id":"…","timestamp":"…","device_id":"…"}. */
    static Optional<OwnRecord> command(KafkaRecord record) {
        return identity(record, true);
    }

    /** {@code {"request_id":"…","device_id":"…"}. */
    static Optional<OwnRecord> event(KafkaRecord record) {
        return identity(record, false);
    }

    private static Optional<OwnRecord> identity(KafkaRecord record, boolean withTime) {
        Optional<String> request = record.header(Headers.REQUEST_ID);
        if (request.isEmpty() || !stands(record.value(), utf8(request.get()), record.key(), withTime)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OwnRecord(
                    new RequestId(request.get()), new DeviceId(new String(record.key(), StandardCharsets.UTF_8))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean stands(byte[] text, byte[] request, byte[] device, boolean withTime) {
        int at = after(START, text, 0);
        at = after(request, text, at);
        if (withTime) {
            at = after(COMMAND_MIDDLE, text, at);
            int end = at < 0 ? -1 : quote(text, at, Math.min(text.length, at + LONGEST_TIME));
            at = end;
        }
        at = after(EVENT_MIDDLE, text, at);
        at = after(device, text, at);
        return at >= 0 && at < text.length && text[at] == '"' && !isEscaped(device);
    }

    /** Where {@code part} ends if it begins there, else -1. */
    private static int after(byte[] part, byte[] text, int from) {
        int end = from + part.length;
        return from >= 0 && end <= text.length && Arrays.equals(text, from, end, part, 0, part.length) ? end : -1;
    }

    private static int quote(byte[] text, int from, int before) {
        for (int i = from; i < before; i++) {
            if (text[i] == '"') {
                return i;
            }
        }
        return -1;
    }

    /** A key with a quote or a backslash can look like more of the text than it is. */
    private static boolean isEscaped(byte[] device) {
        for (byte b : device) {
            if (b == '"' || b == '\\') {
                return true;
            }
        }
        return false;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
