package io.preservarium.pusher.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A request that a command not be done; what became of it is told by the command's status. {@code by} names who asked and
 * is cut to what fits into a message.
 */
public record Cancellation(RequestId requestId, DeviceId deviceId, Instant at, String by) {

    public static final int MAX_BY_LENGTH = 256;

    public Cancellation {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        by = ForeignText.bounded(by, MAX_BY_LENGTH);
    }
}
