package io.preservarium.pusher.parsers;

import io.preservarium.pusher.parsers.process.Isolation;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** Settings of the script runtime. Environment names stand in {@code META-INF/microprofile-config.properties}. */
@ConfigMapping(prefix = "pusher.parsers")
public interface ParsersConfig {

    /** Processor time that one call may use; it may wait for twice that and half a second; {@code PARSER_CALL_LIMIT}. */
    @WithDefault("PT0.25S")
    Duration callLimit();

    /** The same for loading a script and for its first call in a context, which runs cold; {@code PARSER_LOAD_LIMIT}. */
    @WithDefault("PT5S")
    Duration loadLimit();

    /** Bytes that one load or call may allocate in all; {@code PARSER_MEMORY_LIMIT}. */
    @WithDefault("268435456")
    long memoryLimit();

    /** Bytes that {@code format_command} may return; {@code PARSER_OUTPUT_LIMIT}. */
    @WithDefault("65536")
    int outputLimit();

    /** Bytes that a script and its companions may have together; {@code PARSER_SCRIPT_LIMIT}. */
    @WithDefault("262144")
    int scriptLimit();

    /**
     * Threads that one script may have at once, each with a context of its own; with two or more there is one besides that
     * stays free of a script that hangs; {@code PARSER_CONTEXTS}, as many as there are processors and at least two by default.
     */
    OptionalInt contexts();

    /**
     * Python contexts that each thread keeps, of some 10 MB, one for each trust domain and each script that must be alone; a
     * call that needs another one waits until it is made, half a second at worst on an idle machine; {@code PARSER_DOMAINS}.
     */
    @WithDefault("24")
    int domains();

    /**
     * Which scripts run in processes of their own, which can be killed: {@code auto} (all but shipped ones and those of the
     * folder), {@code in-process} (none) or {@code process} (all); {@code PARSER_ISOLATION}. There are at most as many such
     * processes as there are threads by {@code PARSER_CONTEXTS}, started as calls need them, and one for checks.
     */
    @WithDefault("auto")
    Isolation isolation();

    /** Devices in a row for which a limit must be broken before the script is quarantined; {@code PARSER_QUARANTINE_AFTER}. */
    @WithDefault("3")
    int quarantineAfter();

    /** How long a quarantined script is not run; {@code PARSER_QUARANTINE}. */
    @WithDefault("PT1M")
    Duration quarantine();
}
