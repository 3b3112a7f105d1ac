package io.preservarium.pusher.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Duration;
import java.time.Instant;

/** What this module counts. */
final class DeliveryMetrics {

    private final MeterRegistry registry;
    private final Protocol protocol;

    DeliveryMetrics(MeterRegistry registry, Protocol protocol) {
        this.registry = registry;
        this.protocol = protocol;
    }

    /** Events written, by state and reason: outcomes, attempts (sending) and retries (queued RETRYING). */
    void event(StatusEvent event) {
        registry.counter(
                        "pusher.command.events",
                        "protocol",
                        protocol.word(),
                        "state",
                        event.state().word(),
                        "reason",
                        event.reason().map(Enum::name).orElse(""))
                .increment();
    }

    /** From acceptance to the bytes leaving. */
    void sent(Command command, Instant at) {
        registry.timer("pusher.command.time.to.sent", "protocol", protocol.word())
                .record(Duration.between(command.timestamp(), at));
    }

    void uplink(boolean recorded) {
        registry.counter("pusher.uplinks.recorded", "protocol", protocol.word(), "ok", Boolean.toString(recorded))
                .increment();
    }
}
