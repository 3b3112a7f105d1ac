package io.preservarium.pusher.benchmarks.report;

import java.util.Locale;

/** What a figure is asked to be. */
public record Limit(Kind kind, double value) {

    /** Which side of the value is good. */
    public enum Kind {
        NONE,
        AT_LEAST,
        AT_MOST
    }

    public static Limit none() {
        return new Limit(Kind.NONE, 0);
    }

    /** None when 0. */
    public static Limit atLeast(double value) {
        return value == 0 ? none() : new Limit(Kind.AT_LEAST, value);
    }

    public static Limit atMost(double value) {
        return new Limit(Kind.AT_MOST, value);
    }

    /** Empty where nothing is asked for. */
    public String verdict(double measured) {
        return switch (kind) {
            case NONE -> "";
            case AT_LEAST -> measured >= value ? "met" : "missed";
            case AT_MOST -> measured <= value ? "met" : "missed";
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case NONE -> "";
            case AT_LEAST -> "≥ " + number();
            case AT_MOST -> "≤ " + number();
        };
    }

    private String number() {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
    }
}
