package io.preservarium.pusher.catalog;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where scripts come from. Environment names stand in {@code META-INF/microprofile-config.properties}. */
@ConfigMapping(prefix = "pusher.scripts")
public interface ScriptsConfig {

    /** Folder whose scripts shadow the shipped ones, watched for changes; {@code PARSER_SCRIPTS_DIR}, none by default. */
    Optional<Path> directory();

    /** How often the folder is looked at; a change is taken once it stood still for one look; {@code PARSER_SCRIPTS_POLL}. */
    @WithDefault("PT0.25S")
    Duration directoryPoll();

    /** This connector's lasting name, under which it reports; {@code INSTANCE_ID}. */
    String instanceId();

    /** The compacted topic of scripts, one partition; {@code PARSER_SCRIPTS_TOPIC}. */
    @WithDefault("parser_scripts")
    String topic();

    /** Where the connector says what it made of them; {@code PARSER_SCRIPT_STATUS_TOPIC}. */
    @WithDefault("parser_script_status")
    String statusTopic();
}
