package io.preservarium.pusher.mqtt;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the connector counts. */
final class MqttMetrics {

    private final MeterRegistry registry;

    MqttMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void published(MqttOutcome outcome, Duration took) {
        Timer.builder("pusher.publishes")
                .description("Published commands by what became of them, from PUBLISH to the broker's answer")
                .tag("protocol", "mqtt")
                .tag("outcome", word(outcome))
                .register(registry)
                .record(took);
    }

    void connected() {
        registry.counter("pusher.connections", "protocol", "mqtt").increment();
    }

    private static String word(MqttOutcome outcome) {
        return switch (outcome) {
            case MqttOutcome.Written written -> "written";
            case MqttOutcome.Taken taken -> taken.noSubscribers() ? "no_subscribers" : "taken";
            case MqttOutcome.Refused refused -> "refused";
            case MqttOutcome.Lost lost -> "lost";
        };
    }
}
