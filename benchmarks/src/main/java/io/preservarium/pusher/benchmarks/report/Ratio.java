package io.preservarium.pusher.benchmarks.report;

/** One median over another; {@code wanted} is 0 where nothing is asked for. */
public record Ratio(String of, String to, double value, double wanted) {

    public String verdict() {
        return Limit.atLeast(wanted).verdict(value);
    }
}
