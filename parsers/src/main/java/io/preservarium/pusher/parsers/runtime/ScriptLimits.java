package io.preservarium.pusher.parsers.runtime;

import java.time.Duration;

/** What a script may use, checked: a wrong setting stops the start and is named. */
public record ScriptLimits(
        Duration call,
        Duration load,
        long memory,
        int output,
        int script,
        int contexts,
        int domains,
        int quarantineAfter,
        Duration quarantine) {

    private static final Duration GRACE = Duration.ofMillis(500);
    private static final int PATIENCE = 5;

    /** How long a script may wait for something else than a processor while it uses {@code limit} of processor time. */
    public static Duration waiting(Duration limit) {
        return limit.multipliedBy(2).plus(GRACE);
    }

    /** What may pass at all: a busy machine or a collection is not its fault. */
    public static Duration starving(Duration limit) {
        return waiting(limit).multipliedBy(PATIENCE);
    }

    public ScriptLimits {
        positive("PARSER_CALL_LIMIT", call);
        positive("PARSER_LOAD_LIMIT", load);
        positive("PARSER_QUARANTINE", quarantine);
        atLeast("PARSER_MEMORY_LIMIT", memory, 16L << 20);
        atLeast("PARSER_OUTPUT_LIMIT", output, 1);
        atLeast("PARSER_SCRIPT_LIMIT", script, 1);
        atLeast("PARSER_CONTEXTS", contexts, 1);
        atLeast("PARSER_DOMAINS", domains, 1);
        atLeast("PARSER_QUARANTINE_AFTER", quarantineAfter, 1);
        if (load.compareTo(call) < 0) {
            throw new IllegalArgumentException(
                    "PARSER_LOAD_LIMIT must be at least PARSER_CALL_LIMIT " + call + " but was " + load);
        }
    }

    /** Threads in all: one more than a script may have at once, for the others when it hangs; with one context there is none. */
    public int workers() {
        return contexts == 1 ? 1 : contexts + 1;
    }

    /** The same limits for checking new versions, one at a time and without grudge. */
    public ScriptLimits forChecks() {
        return new ScriptLimits(call, load, memory, output, script, 1, domains, Integer.MAX_VALUE, quarantine);
    }

    private static void positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be longer than zero but was " + value);
        }
    }

    private static void atLeast(String setting, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(setting + " must be at least " + least + " but was " + value);
        }
    }
}
