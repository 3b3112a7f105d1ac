package io.preservarium.pusher.mqtt.endpoint;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the connector counts. */
public final class MqttMetrics {

    private final Counter connections;
    private final Timer written;
    private final Timer taken;
    private final Timer noSubscribers;
    private final Timer refused;
    private final Timer notTried;
    private final Timer lost;

    public MqttMetrics(MeterRegistry registry) {
        connections = registry.counter("pusher.connections", "protocol", "mqtt");
        written = publishes("written", registry);
        taken = publishes("taken", registry);
        noSubscribers = publishes("no_subscribers", registry);
        refused = publishes("refused", registry);
        notTried = publishes("not_tried", registry);
        lost = publishes("lost", registry);
    }

    private static Timer publishes(String outcome, MeterRegistry registry) {
        return Timer.builder("pusher.publishes")
                .description("Published commands by what became of them, from PUBLISH to the broker's answer")
                .tag("protocol", "mqtt")
                .tag("outcome", outcome)
                .register(registry);
    }

    public void published(MqttOutcome outcome, Duration took) {
        timer(outcome).record(took);
    }

    public void connected() {
        connections.increment();
    }

    private Timer timer(MqttOutcome outcome) {
        return switch (outcome) {
            case MqttOutcome.Written w -> written;
            case MqttOutcome.Taken t -> t.noSubscribers() ? noSubscribers : taken;
            case MqttOutcome.Refused r -> refused;
            case MqttOutcome.NotTried n -> notTried;
            case MqttOutcome.Lost l -> lost;
        };
    }
}
