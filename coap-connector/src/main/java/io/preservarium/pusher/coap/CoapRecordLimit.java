package io.preservarium.pusher.coap;

import io.preservarium.pusher.command.Uplink;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether an uplink's record fits into a message of Kafka, told before anything is handed out for it. */
final class CoapRecordLimit {

    /** Names, ids, times and the rest of the JSON. */
    private static final int FRAME = 1_024;
    /** An escaped character in JSON, and the longest plain number. */
    private static final int CHARACTER = 6;

    private static final int NUMBER = 32;

    private final long maxBytes;

    CoapRecordLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The uplink as it can be recorded: without its outputs when they alone are too large; empty when the payload is. */
    Optional<Uplink> fitting(Uplink uplink) {
        long raw = FRAME
                + 4L * (uplink.payload().length + 2) / 3
                + length(uplink.address())
                + length(uplink.deviceId().value())
                + uplink.error().map(CoapRecordLimit::length).orElse(0L);
        if (raw > maxBytes) {
            return Optional.empty();
        }
        if (raw + longest(uplink.outputs(), maxBytes - raw) <= maxBytes) {
            return Optional.of(uplink);
        }
        return Optional.of(new Uplink(
                uplink.uplinkId(),
                uplink.deviceId(),
                uplink.protocol(),
                uplink.receivedAt(),
                uplink.source(),
                uplink.address(),
                uplink.method(),
                uplink.payload(),
                uplink.parser(),
                List.of(),
                Optional.of(
                        "the outputs are left out: with them the record could be larger than " + maxBytes + " bytes")));
    }

    private static long length(String text) {
        return (long) CHARACTER * text.length();
    }

    /** An upper bound of the length as JSON; stops counting beyond the limit. */
    private static long longest(Object value, long limit) {
        return switch (value) {
            case Map<?, ?> map -> {
                long sum = 2;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    sum += 4 + length(String.valueOf(entry.getKey()));
                    sum += sum > limit ? 0 : longest(entry.getValue(), limit - sum);
                    if (sum > limit) {
                        break;
                    }
                }
                yield sum;
            }
            case List<?> list -> {
                long sum = 2;
                for (Object item : list) {
                    sum += 1 + (sum > limit ? 0 : longest(item, limit - sum));
                    if (sum > limit) {
                        break;
                    }
                }
                yield sum;
            }
            case Number number
            when number instanceof Integer || number instanceof Long || number instanceof Double -> NUMBER;
            default -> 2 + length(value.toString());
        };
    }
}
