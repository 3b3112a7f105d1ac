package io.preservarium.pusher.mqtt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the connector counts. */
final class MqttMetrics {

    private final Counter connections;
    private final Map<String, Timer> publishes;

    MqttMetrics(MeterRegistry registry) {
        connections = registry.counter("pusher.connections", "protocol", "mqtt");
        publishes = Stream.of("written", "taken", "no_subscribers", "refused", "lost", "not_tried")
                .collect(Collectors.toUnmodifiableMap(outcome -> outcome, outcome -> publishes(outcome, registry)));
    }

    private static Timer publishes(String outcome, MeterRegistry registry) {
        return Timer.builder("pusher.publishes")
                .description("Published commands by what became of them, from PUBLISH to the broker's answer")
                .tag("protocol", "mqtt")
                .tag("outcome", outcome)
                .register(registry);
    }

    void published(MqttOutcome outcome, Duration took) {
        publishes.get(word(outcome)).record(took);
    }

    void connected() {
        connections.increment();
    }

    private static String word(MqttOutcome outcome) {
        return switch (outcome) {
            case MqttOutcome.Written written -> "written";
            case MqttOutcome.Taken taken -> taken.noSubscribers() ? "no_subscribers" : "taken";
            case MqttOutcome.Refused refused -> "refused";
            case MqttOutcome.NotTried notTried -> "not_tried";
            case MqttOutcome.Lost lost -> "lost";
        };
    }
}
