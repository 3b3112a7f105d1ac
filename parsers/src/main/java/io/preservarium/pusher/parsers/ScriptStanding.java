package io.preservarium.pusher.parsers;

import java.time.Duration;
import java.util.Optional;

/** How a version of a script has behaved here. Guarded by the queue's lock. */
final class ScriptStanding {

    private final int quarantineAfter;
    private final long quarantineNanos;
    private boolean proven;
    private boolean barred;
    private int brokenInARow;
    private long quarantinedAt;

    ScriptStanding(int quarantineAfter, Duration quarantine) {
        this.quarantineAfter = quarantineAfter;
        this.quarantineNanos = quarantine.toNanos();
    }

    /** Whether its last call kept the limits; one that has not shown that yet gets one thread at a time. */
    boolean isProven() {
        return proven;
    }

    /** Whether its last call broke a limit. */
    boolean isSuspect() {
        return brokenInARow > 0;
    }

    void keptLimits() {
        proven = true;
        brokenInARow = 0;
    }

    /** True when this brings it into quarantine. */
    boolean brokeLimit(long nanoTime) {
        proven = false;
        brokenInARow++;
        quarantinedAt = nanoTime;
        return brokenInARow >= quarantineAfter;
    }

    /** It took a thread with it: no second one is risked. */
    void lostThread() {
        barred = true;
    }

    /** Why no call of it runs now. After a quarantine one call may try; breaking a limit again begins the next one. */
    Optional<String> refusal(long nanoTime) {
        if (barred) {
            return Optional.of("the script could not be stopped when it ran too long; this version is refused until the"
                    + " connector restarts or another version is live");
        }
        long left = quarantineNanos - (nanoTime - quarantinedAt);
        if (brokenInARow >= quarantineAfter && left > 0) {
            return Optional.of("the script is quarantined: " + brokenInARow
                    + " calls in a row broke a limit; it is tried again in " + (left / 1_000_000_000L + 1) + " s");
        }
        return Optional.empty();
    }
}
