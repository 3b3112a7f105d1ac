package io.preservarium.pusher.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * When the group coordinator last answered. A process that was stopped and continued, or cut off, may have lost its
 * partitions without knowing; it finds its pulse too old, by the monotonic clock or the wall clock.
 */
final class CoordinatorPulse {

    private static final String GROUP = "consumer-coordinator-metrics";
    /** Each counts answers, not questions. */
    private static final Set<String> ANSWERS = Set.of("heartbeat-total", "join-total", "sync-total");

    private record Beat(double answers, long nanos, Instant at) {}

    private final Duration limit;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile Beat last;

    /** @param limit a third of the session timeout */
    CoordinatorPulse(Duration limit, Clock clock, LongSupplier nanoTime) {
        this.limit = limit;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.last = new Beat(0, nanoTime.getAsLong() - limit.toNanos(), Instant.EPOCH);
    }

    void sample(Map<MetricName, ? extends Metric> metrics) {
        double answers = 0;
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics.entrySet()) {
            MetricName name = metric.getKey();
            if (ANSWERS.contains(name.name())
                    && name.group().equals(GROUP)
                    && metric.getValue().metricValue() instanceof Number number) {
                answers += number.doubleValue();
            }
        }
        if (answers != last.answers()) {
            last = new Beat(answers, nanoTime.getAsLong(), clock.instant());
        }
    }

    boolean isFresh() {
        Beat beat = last;
        return nanoTime.getAsLong() - beat.nanos() < limit.toNanos()
                && clock.instant().isBefore(beat.at().plus(limit));
    }
}
