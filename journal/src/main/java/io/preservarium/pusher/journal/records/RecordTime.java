package io.preservarium.pusher.journal.records;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a record was written, as far as it can be believed. Producers write -1, seconds or nonsense; a time before 2020 or
 * more than a day ahead is not believed: the time of reading counts, and {@code doubt} names both.
 */
public record RecordTime(Instant at, Optional<String> doubt) {

    static final Instant EARLIEST = Instant.parse("2020-01-01T00:00:00Z");
    static final Duration AHEAD = Duration.ofDays(1);

    /** {@code timestamp} is the record's, in milliseconds since 1970; {@code readAt} the time of reading. */
    public static RecordTime of(long timestamp, Instant readAt) {
        Instant claimed = Instant.ofEpochMilli(timestamp);
        if (claimed.isBefore(EARLIEST) || claimed.isAfter(readAt.plus(AHEAD))) {
            return new RecordTime(
                    readAt,
                    Optional.of("the record's time " + claimed + " is not believed; it was read at " + readAt
                            + ", which counts"));
        }
        return new RecordTime(claimed, Optional.empty());
    }
}
