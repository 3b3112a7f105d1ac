package io.preservarium.pusher.benchmarks.report;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/** What one round did: how many things in which time, and how long single ones took (nanoseconds; may be empty). */
public record Round(long events, Duration took, Histogram latencies) {

    /** A minute and three digits are enough for an answer. */
    public static Histogram newLatencies() {
        return new Histogram(Duration.ofMinutes(1).toNanos(), 3);
    }

    public static Round of(long events, Duration took) {
        return new Round(events, took, newLatencies());
    }

    public double perSecond() {
        return events * 1e9 / took.toNanos();
    }
}
