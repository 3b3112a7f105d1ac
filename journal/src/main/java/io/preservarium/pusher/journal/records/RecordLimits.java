package io.preservarium.pusher.journal.records;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The largest record the broker takes, headers included ({@code max.message.bytes} of the topic, {@code max.request.size}
 * of the producer). What is larger would be refused for ever.
 */
public record RecordLimits(int maxRecordBytes) {

    /** One MiB, a little under the broker's default of 1,048,588. */
    public static final RecordLimits STANDARD = new RecordLimits(1 << 20);

    /** A status event with everything that cannot be left out takes less. */
    private static final int SMALLEST = 64 * 1024;

    /** Of a batch of one record, as Kafka's own upper bound counts it. */
    private static final int BATCH_OVERHEAD = 61 + 21;

    private static final int LENGTH = 5;

    public RecordLimits {
        if (maxRecordBytes < SMALLEST) {
            throw new IllegalArgumentException(
                    "the largest record must have at least " + SMALLEST + " bytes but had " + maxRecordBytes);
        }
    }

    /** An upper bound of the bytes that the record takes in a request. */
    public static long sizeOf(ProducerRecord<byte[], byte[]> record) {
        return BATCH_OVERHEAD + length(record.key()) + length(record.value()) + sizeOf(record.headers());
    }

    static long sizeOf(Headers headers) {
        long size = LENGTH;
        for (Header header : headers) {
            size += sizeOf(header);
        }
        return size;
    }

    static long sizeOf(Header header) {
        return 2L * LENGTH + header.key().getBytes(StandardCharsets.UTF_8).length + length(header.value());
    }

    private static int length(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    boolean fits(ProducerRecord<byte[], byte[]> record) {
        return sizeOf(record) <= maxRecordBytes;
    }

    Written check(ProducerRecord<byte[], byte[]> record) {
        return fits(record) ? new Written.Fits(record) : new Written.TooLarge(sizeOf(record), maxRecordBytes);
    }
}
