package io.preservarium.pusher.benchmarks.report;

import java.util.List;
import java.util.Map;

/**
 * What one way of doing the work came to: the rate of every round and their median, latencies (0 where none were taken),
 * processor time per event and resident memory by process.
 */
public record Contestant(
        String name,
        List<Double> perSecond,
        double median,
        double p50Millis,
        double p99Millis,
        Map<String, Double> processorMicrosPerEvent,
        Map<String, Long> residentMegabytes) {

    public Contestant {
        perSecond = List.copyOf(perSecond);
    }
}
