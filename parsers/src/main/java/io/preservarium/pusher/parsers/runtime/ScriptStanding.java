package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a version of a script has behaved here. A limit that a call breaks counts first against that very call, then against
 * the device it was for, and against the version only when several devices in a row met it. Guarded by the queue's lock.
 */
final class ScriptStanding {

    /** What breaking a limit led to. */
    enum Consequence {
        NONE,
        DEVICE_WAITS,
        VERSION_WAITS,
        VERSION_BARRED
    }

    /** Each burns a processor until the process ends. */
    private static final int MAX_THREADS_LOST = 2;

    private static final int MAX_REMEMBERED = 1024;

    /** Longer than one, or the call that is tried after it would be anywhere. */
    static final int CONFINED_FOR_QUARANTINES = 10;

    private static final class DeviceTrouble {
        int inARow;
        long since;
        boolean threadLost;
    }

    private final int quarantineAfter;
    private final long quarantineNanos;
    private final Map<String, DeviceTrouble> devices = bounded();
    /** Calls that broke a limit themselves, and when. */
    private final Map<ScriptCall.Subject, Long> culprits = bounded();

    private final Set<String> brokenInARow = new HashSet<>();
    private boolean proven;
    private boolean suspect;
    private boolean confined;
    private long confinedSince;
    private int threadsLost;
    private long quarantinedSince;

    ScriptStanding(int quarantineAfter, Duration quarantine) {
        this.quarantineAfter = quarantineAfter;
        this.quarantineNanos = quarantine.toNanos();
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };
    }

    /** Whether its last call kept the limits; one that has not shown that yet gets one thread at a time. */
    boolean isProven() {
        return proven;
    }

    /** Whether its last call broke a limit. */
    boolean isSuspect() {
        return suspect;
    }

    /** Whether a call broke a limit not long ago: what that costs is to be one worker's, each time the same. */
    boolean isConfined(long nanoTime) {
        confined &= nanoTime - confinedSince < CONFINED_FOR_QUARANTINES * quarantineNanos;
        return confined;
    }

    void limitsKept(ScriptCall call) {
        proven = true;
        suspect = false;
        if (!brokenInARow.isEmpty()) {
            brokenInARow.clear();
        }
        if (!devices.isEmpty()) {
            call.subject()
                    .ifPresent(subject -> devices.computeIfPresent(
                            subject.device(), (same, trouble) -> trouble.threadLost ? trouble : null));
        }
    }

    Consequence limitBroken(ScriptCall call, boolean threadLost, long nanoTime) {
        proven = false;
        suspect = true;
        if (threadLost) {
            threadsLost++;
        }
        Optional<ScriptCall.Subject> subject = call.subject();
        if (subject.isEmpty()) {
            // An example: nothing but the version can be at fault.
            threadsLost = threadLost ? MAX_THREADS_LOST : threadsLost;
            return isBarred() ? Consequence.VERSION_BARRED : Consequence.NONE;
        }
        confined = true;
        confinedSince = nanoTime;
        culprits.remove(subject.get());
        culprits.put(subject.get(), nanoTime);
        String device = subject.get().device();
        DeviceTrouble trouble = devices.computeIfAbsent(device, none -> new DeviceTrouble());
        trouble.inARow++;
        trouble.since = nanoTime;
        trouble.threadLost |= threadLost;
        brokenInARow.add(device);
        if (isBarred()) {
            return Consequence.VERSION_BARRED;
        }
        if (brokenInARow.size() >= quarantineAfter) {
            quarantinedSince = nanoTime;
            return Consequence.VERSION_WAITS;
        }
        return trouble.inARow >= quarantineAfter || threadLost ? Consequence.DEVICE_WAITS : Consequence.NONE;
    }

    private boolean isBarred() {
        return threadsLost >= MAX_THREADS_LOST;
    }

    /** Why the call does not run now. After a quarantine one call may try; breaking a limit again begins the next one. */
    Optional<ScriptResult> refusal(ScriptCall call, long nanoTime) {
        if (!suspect && culprits.isEmpty() && threadsLost == 0) {
            return Optional.empty();
        }
        Optional<ScriptCall.Subject> subject = call.subject();
        if (subject.isPresent()) {
            Long brokenAt = culprits.get(subject.get());
            if (brokenAt != null) {
                if (nanoTime - brokenAt < quarantineNanos) {
                    return Optional.of(ScriptResult.Problem.of(
                            Reason.FORMAT_TIMEOUT,
                            "this call broke a limit of the script runtime " + (nanoTime - brokenAt) / 1_000_000_000L
                                    + " s ago and is not run again ("
                                    + call.script().ref() + ")"));
                }
                culprits.remove(subject.get());
            }
        }
        if (isBarred()) {
            return Optional.of(new ScriptResult.Quarantined(
                    "the script could not be stopped when it ran too long; this version does not run again before the"
                            + " connector restarts or another version is live"));
        }
        long left = quarantineNanos - (nanoTime - quarantinedSince);
        if (brokenInARow.size() >= quarantineAfter && left > 0) {
            return Optional.of(new ScriptResult.Quarantined("the script is quarantined: calls for "
                    + brokenInARow.size() + " devices in a row broke a limit; it is tried again in " + seconds(left)));
        }
        return subject.flatMap(found -> Optional.ofNullable(devices.get(found.device())))
                .flatMap(trouble -> refusal(trouble, nanoTime));
    }

    private Optional<ScriptResult> refusal(DeviceTrouble trouble, long nanoTime) {
        if (trouble.threadLost) {
            return Optional.of(new ScriptResult.Quarantined(
                    "the script could not be stopped when it ran too long for this device; it does not run for it again"
                            + " before the connector restarts or another version is live"));
        }
        long left = quarantineNanos - (nanoTime - trouble.since);
        return trouble.inARow >= quarantineAfter && left > 0
                ? Optional.of(new ScriptResult.Quarantined("the script is quarantined for this device: "
                        + trouble.inARow + " of its calls in a row broke a limit; it is tried again in "
                        + seconds(left)))
                : Optional.empty();
    }

    private static String seconds(long nanos) {
        return nanos / 1_000_000_000L + 1 + " s";
    }
}
