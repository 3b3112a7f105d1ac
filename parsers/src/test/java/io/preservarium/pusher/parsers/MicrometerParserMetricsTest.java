package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerParserMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ParserMetrics metrics = new MicrometerParserMetrics(registry);
    private final ParserRef valve = new ParserRef("valve.py");

    @Test
    void runsAreTimedPerScriptAndOutcome() {
        metrics.formatted(valve, true, Duration.ofMillis(2));
        metrics.formatted(valve, false, Duration.ofMillis(3));
        metrics.parsed(valve, true, Duration.ofMillis(4));
        metrics.loaded(valve, true, Duration.ofMillis(5));
        assertThat(registry.get("pusher.parser.format")
                        .tags("script", "valve.py", "success", "false")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(3);
        assertThat(registry.get("pusher.parser.parse").timer().count()).isEqualTo(1);
        assertThat(registry.get("pusher.parser.load").timer().count()).isEqualTo(1);
    }

    @Test
    void theCacheCountsHitsAndMisses() {
        metrics.looked(valve, true);
        metrics.looked(valve, false);
        metrics.looked(valve, true);
        assertThat(registry.get("pusher.parser.cache")
                        .tag("result", "hit")
                        .counter()
                        .count())
                .isEqualTo(2);
    }
}
