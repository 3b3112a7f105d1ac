package io.preservarium.pusher.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.command.Protocol;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the service counts, once for both doors: JSON and Prometheus. */
@Singleton
final class Counts {

    private static final String COMMANDS = "pusher.commands";
    private static final String ACCEPTED = "accepted";
    private static final String REPLAYED = "replayed";
    private static final String REJECTED = "rejected";
    private static final String FAILED = "failed";
    private static final String NO_PROTOCOL = "none";

    private final MeterRegistry registry;
    private final Timer accept;
    private final long startedAt = System.nanoTime();
    private volatile Optional<String> lastError = Optional.empty();

    Counts(MeterRegistry registry) {
        this.registry = registry;
        this.accept = Timer.builder("pusher.accept")
                .description("From the request to the answer")
                .publishPercentileHistogram()
                .register(registry);
        for (Protocol protocol : Protocol.values()) {
            commands(protocol.word(), ACCEPTED);
            commands(protocol.word(), REPLAYED);
            commands(protocol.word(), FAILED);
        }
        commands(NO_PROTOCOL, REJECTED);
    }

    void accepted(Protocol protocol) {
        commands(protocol.word(), ACCEPTED).increment();
    }

    void replayed(Protocol protocol) {
        commands(protocol.word(), REPLAYED).increment();
    }

    void failed(Protocol protocol, String why) {
        commands(protocol.word(), FAILED).increment();
        lastError = Optional.of(why);
    }

    void rejected() {
        commands(NO_PROTOCOL, REJECTED).increment();
    }

    void cancellation() {
        cancellations().increment();
    }

    void statusRecordSkipped() {
        skipped().increment();
    }

    void overdue() {
        givenUp().increment();
    }

    /** From the first byte of the request to the answer. */
    void tookToAccept(long nanos) {
        accept.record(Duration.ofNanos(nanos));
    }

    Duration uptime() {
        return Duration.ofSeconds(
                Duration.ofNanos(System.nanoTime() - startedAt).toSeconds());
    }

    Optional<String> lastError() {
        return lastError;
    }

    ServiceMetrics snapshot() {
        Map<String, ServiceMetrics.ByProtocol> byProtocol = new LinkedHashMap<>();
        for (Protocol protocol : Protocol.values()) {
            byProtocol.put(
                    protocol.word(),
                    new ServiceMetrics.ByProtocol(
                            count(commands(protocol.word(), ACCEPTED)),
                            count(commands(protocol.word(), REPLAYED)),
                            count(commands(protocol.word(), FAILED))));
        }
        return new ServiceMetrics(
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::accepted)
                        .sum(),
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::replayed)
                        .sum(),
                count(commands(NO_PROTOCOL, REJECTED)),
                byProtocol.values().stream()
                        .mapToLong(ServiceMetrics.ByProtocol::failed)
                        .sum(),
                count(cancellations()),
                count(skipped()),
                count(givenUp()),
                byProtocol,
                uptime().toString(),
                lastError());
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

    private Counter cancellations() {
        return Counter.builder("pusher.cancellations")
                .description("Cancellations asked for")
                .register(registry);
    }

    private Counter skipped() {
        return Counter.builder("pusher.status.skipped")
                .description("Status records that are no status events")
                .register(registry);
    }

    private Counter givenUp() {
        return Counter.builder("pusher.commands.overdue")
                .description("Commands given up for a silent connector")
                .register(registry);
    }
}
