package io.preservarium.pusher.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What this module counts. Each meter is looked up once. */
public final class DeliveryMetrics {

    /** What a timer can hold, nearly: a command may say that it is from any year. */
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    private record Kind(CommandState state, Optional<Reason> reason) {}

    private final MeterRegistry registry;
    private final Protocol protocol;
    private final Map<Kind, Counter> events = new ConcurrentHashMap<>();
    private final Timer timeToSent;
    private final Counter uplinksRecorded;
    private final Counter uplinksNotRecorded;
    private final Counter streamFailures;

    public DeliveryMetrics(MeterRegistry registry, Protocol protocol) {
        this.registry = registry;
        this.protocol = protocol;
        this.timeToSent = registry.timer("pusher.command.time.to.sent", "protocol", protocol.word());
        this.uplinksRecorded = uplinks(true);
        this.uplinksNotRecorded = uplinks(false);
        this.streamFailures = registry.counter("pusher.delivery.stream.failures", "protocol", protocol.word());
    }

    private Counter uplinks(boolean recorded) {
        return registry.counter(
                "pusher.uplinks.recorded", "protocol", protocol.word(), "ok", Boolean.toString(recorded));
    }

    /** Events written, by state and reason: outcomes, attempts (sending) and retries (queued RETRYING). */
    public void event(StatusEvent event) {
        events.computeIfAbsent(new Kind(event.state(), event.reason()), this::counter)
                .increment();
    }

    private Counter counter(Kind kind) {
        return registry.counter(
                "pusher.command.events",
                "protocol",
                protocol.word(),
                "state",
                kind.state().word(),
                "reason",
                kind.reason().map(Enum::name).orElse(""));
    }

    /** From acceptance to the bytes leaving. */
    public void sent(Command command, Instant at) {
        Duration time = Duration.between(command.timestamp(), at);
        timeToSent.record(time.isNegative() ? Duration.ZERO : time.compareTo(LONGEST) < 0 ? time : LONGEST);
    }

    public void uplink(boolean recorded) {
        (recorded ? uplinksRecorded : uplinksNotRecorded).increment();
    }

    /** The thread that reads the topics died of a failure and was replaced. */
    public void streamFailed() {
        streamFailures.increment();
    }
}
