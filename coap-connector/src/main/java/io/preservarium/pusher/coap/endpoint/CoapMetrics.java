package io.preservarium.pusher.coap.endpoint;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What the connector counts. */
public final class CoapMetrics {

    /** What became of an uplink. */
    public enum Outcome {
        /** In Kafka, answered with a command. */
        COMMAND,
        /** In Kafka, answered without a command. */
        EMPTY,
        /** Non-confirmable, in Kafka, not answered. */
        SILENT,
        /** Nobody could read it. */
        UNREADABLE,
        /** No record can hold it. */
        TOO_LARGE,
        /** Not in Kafka. */
        NOT_RECORDED,
        /** No word from Kafka within the time for an answer. */
        TOO_LATE,
        /** Turned away: too many on their way. */
        OVERLOADED,
        /** An error of this service. */
        BROKEN
    }

    private record Series(String route, Outcome outcome) {}

    private final MeterRegistry registry;
    private final Map<Series, Timer> uplinks = new ConcurrentHashMap<>();

    public CoapMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    public void uplink(String route, Outcome outcome, long tookNanos) {
        uplinks.computeIfAbsent(new Series(route, outcome), this::timer).record(tookNanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Series series) {
        return Timer.builder("pusher.uplinks")
                .description("Uplinks by what became of them, from arrival to answer")
                .tag("protocol", "coap")
                .tag("route", series.route())
                .tag("outcome", series.outcome().name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void retransmissions(CoapRetransmissions answers) {
        Gauge.builder("pusher.coap.answers.kept", answers, CoapRetransmissions::size)
                .description("Answers kept for retransmissions of their requests")
                .register(registry);
        FunctionCounter.builder("pusher.coap.answers.forgotten", answers, CoapRetransmissions::forgotten)
                .description("Answers forgotten before EXCHANGE_LIFETIME, because their memory was full")
                .register(registry);
    }
}
