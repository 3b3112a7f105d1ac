package io.preservarium.pusher.coap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** What the connector counts. */
final class CoapMetrics {

    /** What became of an uplink. */
    enum Outcome {
        /** In Kafka, answered with a command. */
        COMMAND,
        /** In Kafka, answered without a command. */
        EMPTY,
        /** Non-confirmable, in Kafka, not answered. */
        SILENT,
        /** Nobody could read it. */
        UNREADABLE,
        /** Not in Kafka. */
        NOT_RECORDED,
        /** No word from Kafka within the time for an answer. */
        TOO_LATE,
        /** Turned away: too many on their way. */
        OVERLOADED,
        /** An error of this service. */
        BROKEN
    }

    private final MeterRegistry registry;

    CoapMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void uplink(String route, Outcome outcome, Duration took) {
        Timer.builder("pusher.uplinks")
                .description("Uplinks by what became of them, from arrival to answer")
                .tag("protocol", "coap")
                .tag("route", route)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(took);
    }
}
