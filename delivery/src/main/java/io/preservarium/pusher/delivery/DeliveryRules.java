package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.wire.ExpiryRule;
import java.time.Duration;

/** The numbers that decisions depend on, checked. */
public record DeliveryRules(
        ExpiryRule expiry, int waitingPerDevice, Duration attemptLease, int maxAttempts, Duration parserWait) {

    public DeliveryRules {
        if (waitingPerDevice < 1) {
            throw new IllegalArgumentException("WAITING_PER_DEVICE must be at least 1 but was " + waitingPerDevice);
        }
        if (attemptLease.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("ATTEMPT_LEASE must be at least 100 ms but was " + attemptLease);
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("MAX_ATTEMPTS must be at least 1 but was " + maxAttempts);
        }
        if (parserWait.isNegative()) {
            throw new IllegalArgumentException("PARSER_WAIT must not be negative but was " + parserWait);
        }
    }

    public static DeliveryRules of(DeliveryConfig config) {
        return new DeliveryRules(
                new ExpiryRule(config.defaultExpiry(), config.maxExpiry()),
                config.waitingPerDevice(),
                config.attemptLease(),
                config.maxAttempts(),
                config.parserWait());
    }
}
