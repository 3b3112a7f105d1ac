package io.preservarium.pusher.api.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.Protocol;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the service counts, once for both doors: JSON and Prometheus. */
@Singleton
public final class Counts {

    /** The name of this service, also as a source of events. */
    public static final String SERVICE = "pusher-api";

    private static final String COMMANDS = "pusher.commands";
    private static final String ACCEPTED = "accepted";
    private static final String REPLAYED = "replayed";
    private static final String REJECTED = "rejected";
    private static final String FAILED = "failed";
    private static final String NO_PROTOCOL = "none";

    private final MeterRegistry registry;
    private final Timer accept;
    private final Map<Protocol, Counter> accepted = new EnumMap<>(Protocol.class);
    private final Map<Protocol, Counter> replayed = new EnumMap<>(Protocol.class);
    private final Map<Protocol, Counter> failed = new EnumMap<>(Protocol.class);
    private final Counter rejected;
    private final Counter cancellations;
    private final Counter skipped;
    private final Counter overdue;
    private final long startedAt = System.nanoTime();
    private volatile Optional<String> lastError = Optional.empty();

    public Counts(MeterRegistry registry) {
        this.registry = registry;
        this.accept = Timer.builder("pusher.accept")
                .description("From the request to the answer")
                .publishPercentileHistogram()
                .register(registry);
        for (Protocol protocol : Protocol.values()) {
            accepted.put(protocol, commands(protocol.word(), ACCEPTED));
            replayed.put(protocol, commands(protocol.word(), REPLAYED));
            failed.put(protocol, commands(protocol.word(), FAILED));
        }
        this.rejected = commands(NO_PROTOCOL, REJECTED);
        this.cancellations = Counter.builder("pusher.cancellations")
                .description("Cancellations asked for")
                .register(registry);
        this.skipped = Counter.builder("pusher.status.skipped")
                .description("Status records that are no status events")
                .register(registry);
        this.overdue = Counter.builder("pusher.commands.overdue")
                .description("Commands given up for a silent connector")
                .register(registry);
    }

    public void accepted(Protocol protocol) {
        one(accepted, protocol).increment();
    }

    public void replayed(Protocol protocol) {
        one(replayed, protocol).increment();
    }

    public void failed(Protocol protocol, String why) {
        one(failed, protocol).increment();
        lastError = Optional.of(why);
    }

    public void rejected() {
        rejected.increment();
    }

    public void cancellation() {
        cancellations.increment();
    }

    public void statusRecordSkipped() {
        skipped.increment();
    }

    public void overdue() {
        overdue.increment();
    }

    /** From the first byte of the request to the answer. */
    public void tookToAccept(long nanos) {
        accept.record(nanos, TimeUnit.NANOSECONDS);
    }

    public Duration uptime() {
        return Duration.ofSeconds(
                Duration.ofNanos(System.nanoTime() - startedAt).toSeconds());
    }

    public Optional<String> lastError() {
        return lastError;
    }

    public ServiceMetrics snapshot() {
        Map<String, ServiceMetrics.ByProtocol> byProtocol = new LinkedHashMap<>();
        for (Protocol protocol : Protocol.values()) {
            byProtocol.put(
                    protocol.word(),
                    new ServiceMetrics.ByProtocol(
                            count(one(accepted, protocol)),
                            count(one(replayed, protocol)),
                            count(one(failed, protocol))));
        }
        return new ServiceMetrics(
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::accepted)
                        .sum(),
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::replayed)
                        .sum(),
                count(rejected),
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::failed)
                        .sum(),
                count(cancellations),
                count(skipped),
                count(overdue),
                byProtocol,
                uptime().toString(),
                lastError());
    }

    /** Every protocol has one. */
    private static Counter one(Map<Protocol, Counter> counters, Protocol protocol) {
        return Objects.requireNonNull(counters.get(protocol));
    }

    private static long count(Counter counter) {
        return Math.round(counter.count());
    }

    private Counter commands(String protocol, String outcome) {
        return Counter.builder(COMMANDS)
                .description("Commands asked for, by protocol and outcome")
                .tag("protocol", protocol)
                .tag("outcome", outcome)
                .register(registry);
    }
}
