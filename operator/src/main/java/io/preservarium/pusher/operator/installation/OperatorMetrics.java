package io.preservarium.pusher.operator.installation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Protocol;
import java.time.Duration;
import java.util.function.Supplier;

/** What the operator counts. */
public final class OperatorMetrics {

    private final MeterRegistry registry;

    public OperatorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    public void unfinished(Supplier<Number> count) {
        Gauge.builder("pusher.operator.commands.unfinished", count)
                .description("DeviceCommands this process has in hand")
                .register(registry);
    }

    /** From the creation of the resource, which is known to the second, to Kafka's acknowledgement. */
    public void published(Protocol protocol, Duration sinceCreation) {
        Timer.builder("pusher.operator.accept")
                .description("From the creation of a DeviceCommand to its record in Kafka")
                .tag("protocol", protocol.word())
                .publishPercentileHistogram()
                .register(registry)
                .record(sinceCreation.isNegative() ? Duration.ZERO : sinceCreation);
    }

    public void finished(CommandState state) {
        Counter.builder("pusher.operator.commands.finished")
                .description("DeviceCommands whose final state was written")
                .tag("state", state.word())
                .register(registry)
                .increment();
    }

    public void wroteStatus() {
        Counter.builder("pusher.operator.status.writes")
                .description("Statuses written to the API server")
                .register(registry)
                .increment();
    }

    public void readEvent(boolean isOurs) {
        Counter.builder("pusher.operator.status.events")
                .description("Status events read from Kafka, by whether a DeviceCommand waits for them")
                .tag("ours", String.valueOf(isOurs))
                .register(registry)
                .increment();
    }

    public void script(String outcome) {
        Counter.builder("pusher.operator.parser.scripts")
                .description("Parser scripts of ConfigMaps that were handed over or taken out, by what came of it")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    public void failed(String what) {
        Counter.builder("pusher.operator.failures")
                .description("Steps that are tried again")
                .tag("step", what)
                .register(registry)
                .increment();
    }
}
