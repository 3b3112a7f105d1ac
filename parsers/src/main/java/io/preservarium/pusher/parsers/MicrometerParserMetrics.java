package io.preservarium.pusher.parsers;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import java.time.Duration;

/** What the script runtime counts, in the registry of the service it runs in. */
public final class MicrometerParserMetrics implements ParserMetrics {

    private final MeterRegistry registry;

    public MicrometerParserMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void formatted(ParserRef ref, boolean success, Duration took) {
        time("pusher.parser.format", "Runs of format_command", ref, success, took);
    }

    @Override
    public void parsed(ParserRef ref, boolean success, Duration took) {
        time("pusher.parser.parse", "Runs of parse", ref, success, took);
    }

    @Override
    public void matched(ParserRef ref, boolean success, Duration took) {
        time("pusher.parser.match", "Runs of match_reply", ref, success, took);
    }

    @Override
    public void loaded(ParserRef ref, boolean success, Duration took) {
        time("pusher.parser.load", "Loads of a script into a context", ref, success, took);
    }

    @Override
    public void looked(ParserRef ref, boolean hit) {
        registry.counter("pusher.parser.cache", "script", ref.value(), "result", hit ? "hit" : "miss")
                .increment();
    }

    private void time(String name, String description, ParserRef ref, boolean success, Duration took) {
        Timer.builder(name)
                .description(description)
                .tag("script", ref.value())
                .tag("success", Boolean.toString(success))
                .register(registry)
                .record(took);
    }
}
