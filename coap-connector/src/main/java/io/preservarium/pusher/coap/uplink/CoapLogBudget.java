package io.preservarium.pusher.coap.uplink;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** How many lines a second what anybody can send may write; the rest is counted. */
final class CoapLogBudget {

    private static final long SECOND = 1_000_000_000L;

    private final int linesPerSecond;
    private final LongSupplier nanoTime;
    private long second;
    private int lines;
    private long unsaid;

    CoapLogBudget(int linesPerSecond, LongSupplier nanoTime) {
        this.linesPerSecond = linesPerSecond;
        this.nanoTime = nanoTime;
        this.second = nanoTime.getAsLong();
    }

    /** How many lines were left out since the last one, or nothing when this one is left out too. */
    synchronized OptionalLong line() {
        long now = nanoTime.getAsLong();
        if (now - second >= SECOND) {
            second = now;
            lines = 0;
        }
        if (lines == linesPerSecond) {
            unsaid++;
            return OptionalLong.empty();
        }
        lines++;
        long before = unsaid;
        unsaid = 0;
        return OptionalLong.of(before);
    }
}
