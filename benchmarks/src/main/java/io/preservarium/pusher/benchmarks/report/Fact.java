package io.preservarium.pusher.benchmarks.report;

/** One figure of a scenario that is no comparison. */
public record Fact(String name, double value, String unit, Limit limit) {

    public static Fact of(String name, double value, String unit) {
        return new Fact(name, value, unit, Limit.none());
    }

    public String verdict() {
        return limit.verdict(value);
    }
}
