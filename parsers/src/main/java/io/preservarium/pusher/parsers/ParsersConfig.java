package io.preservarium.pusher.parsers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of the script runtime. Environment names stand in {@code META-INF/microprofile-config.properties}. */
@ConfigMapping(prefix = "pusher.parsers")
public interface ParsersConfig {

    /** Folder whose scripts shadow the shipped ones, watched for changes; {@code PARSER_SCRIPTS_DIR}, none by default. */
    Optional<Path> scriptsDir();

    /** How often the folder is looked at; a change is taken once it stood still for one look; {@code PARSER_SCRIPTS_POLL}. */
    @WithDefault("PT0.25S")
    Duration scriptsPoll();

    /** Processor time that one call may use; twice that and half a second may pass meanwhile; {@code PARSER_CALL_LIMIT}. */
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

    /** Threads with a context of their own; with two or more, one is always free of a script that hangs; {@code PARSER_CONTEXTS}. */
    @WithDefault("2")
    int contexts();

    /** Calls in a row that must break a limit before the script is quarantined; {@code PARSER_QUARANTINE_AFTER}. */
    @WithDefault("3")
    int quarantineAfter();

    /** How long a quarantined script is refused; {@code PARSER_QUARANTINE}. */
    @WithDefault("PT1M")
    Duration quarantine();
}
