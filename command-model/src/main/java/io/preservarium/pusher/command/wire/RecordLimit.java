package io.preservarium.pusher.command.wire;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How large a record with key, value and headers may be. The standard is 16 KiB below what a Kafka broker takes unless it is
 * told otherwise (message.max.bytes, 1 MiB and 12 bytes), so that the record can be moved, or become a dead letter
 * with its reasons in headers, and still fits.
 */
public record RecordLimit(int bytes) {

    public static final RecordLimit STANDARD = new RecordLimit((1 << 20) - (16 << 10));

    /** Lengths and attributes of a record and of each header. Kafka message format, version 2. */
    private static final int RECORD_OVERHEAD = 100;

    private static final int HEADER_OVERHEAD = 10;

    public RecordLimit {
        if (bytes < 1) {
            throw new IllegalArgumentException("a record's limit must be positive but was " + bytes);
        }
    }

    /** The most that such a record takes. */
    public static long size(int keyBytes, int valueBytes, Map<String, String> headers) {
        long size = RECORD_OVERHEAD + (long) keyBytes + valueBytes;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += HEADER_OVERHEAD + utf8(header.getKey()) + utf8(header.getValue());
        }
        return size;
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
