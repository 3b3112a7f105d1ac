package io.preservarium.pusher.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class CoordinatorPulseTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AtomicLong monotonic = new AtomicLong(1_000_000_000_000L);
    private final AtomicLong wall = new AtomicLong(Samples.START.toEpochMilli());
    private final CoordinatorPulse pulse = new CoordinatorPulse(LIMIT, clock(), monotonic::get);
    private double answers;

    @Test
    void withoutAnAnswerThereIsNoPulse() {
        pulse.sample(metrics());
        assertThat(pulse.isFresh()).isFalse();
    }

    @Test
    void anAnswerKeepsItFreshForTheLimit() {
        answer();
        assertThat(pulse.isFresh()).isTrue();
        pass(LIMIT.minusMillis(1));
        assertThat(pulse.isFresh()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(pulse.isFresh()).isFalse();
        answer();
        assertThat(pulse.isFresh()).isTrue();
    }

    @Test
    void aProcessThatWasStoppedAndContinuedHasNoneUntilTheCoordinatorAnswersAgain() {
        answer();
        pass(Duration.ofMinutes(1));
        pulse.sample(metrics());
        assertThat(pulse.isFresh()).isFalse();
    }

    @Test
    void aMachineWhoseMonotonicClockStoodStillIsFoundByTheWallClock() {
        answer();
        wall.addAndGet(60_000);
        assertThat(pulse.isFresh()).isFalse();
    }

    private void answer() {
        answers++;
        pulse.sample(metrics());
    }

    private void pass(Duration time) {
        monotonic.addAndGet(time.toNanos());
        wall.addAndGet(time.toMillis());
    }

    private Map<MetricName, Metric> metrics() {
        MetricName name = new MetricName("heartbeat-total", "consumer-coordinator-metrics", "", Map.of());
        double value = answers;
        return Map.of(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        });
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(wall.get());
            }
        };
    }
}
