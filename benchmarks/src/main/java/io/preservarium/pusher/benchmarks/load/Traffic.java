package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.benchmarks.report.Round;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** What was answered from the first call to the last answer; latencies in nanoseconds from a device's first datagram. */
public record Traffic(
        long answered,
        long refused,
        long withPayload,
        long retransmissions,
        long lost,
        Duration took,
        Histogram latencies) {

    public Round round() {
        return new Round(answered, took, latencies);
    }

    /** Empty when every call was answered well at once. */
    public String trouble() {
        return refused + retransmissions + lost == 0
                ? ""
                : refused + " refused, " + retransmissions + " retransmissions, " + lost + " lost";
    }
}
