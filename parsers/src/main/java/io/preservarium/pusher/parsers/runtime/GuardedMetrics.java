package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ParserRef;
import java.time.Duration;

/** A counter that fails must not end the thread that counts. */
final class GuardedMetrics implements ParserMetrics {

    private final ParserMetrics counters;

    GuardedMetrics(ParserMetrics counters) {
        this.counters = counters;
    }

    @Override
    public void formatted(ParserRef ref, boolean success, Duration took) {
        guard(() -> counters.formatted(ref, success, took));
    }

    @Override
    public void parsed(ParserRef ref, boolean success, Duration took) {
        guard(() -> counters.parsed(ref, success, took));
    }

    @Override
    public void matched(ParserRef ref, boolean success, Duration took) {
        guard(() -> counters.matched(ref, success, took));
    }

    @Override
    public void loaded(ParserRef ref, boolean success, Duration took) {
        guard(() -> counters.loaded(ref, success, took));
    }

    @Override
    public void looked(ParserRef ref, boolean hit) {
        guard(() -> counters.looked(ref, hit));
    }

    private static void guard(Runnable count) {
        try {
            count.run();
        } catch (RuntimeException e) {
            ParsersLog.LOG.metricsFailed(e);
        }
    }
}
