package io.preservarium.pusher.operator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Protocol;
import java.time.Duration;

/** What the operator counts. */
final class OperatorMetrics {

    private final MeterRegistry registry;

    OperatorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void unfinished(Ledger ledger) {
        Gauge.builder("pusher.operator.commands.unfinished", ledger, Ledger::size)
                .description("DeviceCommands this process has in hand")
                .register(registry);
    }

    /** From the creation of the resource, which is known to the second, to Kafka's acknowledgement. */
    void published(Protocol protocol, Duration sinceCreation) {
        Timer.builder("pusher.operator.accept")
                .description("From the creation of a DeviceCommand to its record in Kafka")
                .tag("protocol", protocol.word())
                .publishPercentileHistogram()
                .register(registry)
                .record(sinceCreation.isNegative() ? Duration.ZERO : sinceCreation);
    }

    void finished(CommandState state) {
        Counter.builder("pusher.operator.commands.finished")
                .description("DeviceCommands whose final state was written")
                .tag("state", state.word())
                .register(registry)
                .increment();
    }

    void wroteStatus() {
        Counter.builder("pusher.operator.status.writes")
                .description("Statuses written to the API server")
                .register(registry)
                .increment();
    }

    void readEvent(boolean isOurs) {
        Counter.builder("pusher.operator.status.events")
                .description("Status events read from Kafka, by whether a DeviceCommand waits for them")
                .tag("ours", String.valueOf(isOurs))
                .register(registry)
                .increment();
    }

    void script(String outcome) {
        Counter.builder("pusher.operator.parser.scripts")
                .description("Parser scripts of ConfigMaps that were handed over or taken out, by what came of it")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    void failed(String what) {
        Counter.builder("pusher.operator.failures")
                .description("Steps that are tried again")
                .tag("step", what)
                .register(registry)
                .increment();
    }
}
