package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.Command;
import java.time.Duration;

/** How long a command lives unless it says ({@code byDefault}) and at most ({@code atMost}), from its acceptance. */
public record ExpiryRule(Duration byDefault, Duration atMost) {

    public static final ExpiryRule STANDARD = new ExpiryRule(Command.DEFAULT_LIFE, Duration.ofDays(30));

    public ExpiryRule {
        if (byDefault.isNegative() || byDefault.isZero()) {
            throw new IllegalArgumentException("the default expiry must be positive but was " + byDefault);
        }
        if (atMost.compareTo(byDefault) < 0) {
            throw new IllegalArgumentException(
                    "the longest expiry must not be below the default " + byDefault + " but was " + atMost);
        }
    }
}
