package io.preservarium.pusher.parsers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Where scripts come from that arrive while the connector runs. */
@ConfigMapping(prefix = "pusher.scripts")
public interface ScriptTopicConfig {

    /** Kafka brokers, {@code host:port,…}; {@code KAFKA_BOOTSTRAP_SERVERS}. */
    String bootstrapServers();

    /** This connector's lasting name, under which it reports; {@code INSTANCE_ID}. */
    String instanceId();

    /** The compacted topic of scripts, one partition; {@code PARSER_SCRIPTS_TOPIC}. */
    @WithDefault("parser_scripts")
    String topic();

    /** Where the connector says what it made of them; {@code PARSER_SCRIPT_STATUS_TOPIC}. */
    @WithDefault("parser_script_status")
    String statusTopic();
}
