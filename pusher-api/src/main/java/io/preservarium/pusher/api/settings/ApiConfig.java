package io.preservarium.pusher.api.settings;

import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.InternalToken;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Every setting of the service; {@code application.properties} gives each its environment name and default. */
@ConfigMapping(prefix = "pusher.api")
public interface ApiConfig {

    /** AUTH: who may do what. */
    Auth auth();

    Topics topics();

    /** COMMAND_DEFAULT_EXPIRY, COMMAND_MAX_EXPIRY: how long a command lives. */
    Expiry expiry();

    /** KAFKA_PRODUCER_TIMEOUT: how long a command may take to reach Kafka, at least 1 s; half of it for finding the broker at all. */
    Duration producerTimeout();

    View view();

    Parsers parsers();

    /** CONNECTOR_URLS: connectors that check a parser script before it goes live, tried in this order; none by default. */
    Optional<List<URI>> connectorUrls();

    /** INTERNAL_TOKEN: what the services of an installation show each other; none by default, and then no script can be changed. */
    Optional<String> internalToken();

    interface Parsers {
        /** PARSER_SCRIPTS_TOPIC: compacted, one partition. */
        String scriptsTopic();

        /** PARSER_SCRIPT_STATUS_TOPIC: what each connector made of each script. */
        String statusTopic();
    }

    interface Topics {
        /** DEVICE_COMMAND_TOPIC, alias KAFKA_COMMAND_TOPIC. */
        String commands();

        /** DEVICE_CANCELLATION_TOPIC. */
        String cancellations();

        /** DEVICE_STATUS_TOPIC. */
        String status();

        default List<String> all() {
            return List.of(commands(), cancellations(), status());
        }
    }

    interface Expiry {
        @WithName("default")
        Duration byDefault();

        @WithName("max")
        Duration atMost();
    }

    interface View {
        /** STATUS_APPLICATION_ID: the consumer group and the prefix of the changelog topic. */
        String applicationId();

        /** INSTANCE_ID: unique per replica and the same after a restart; the static member of the group. */
        String instanceId();

        /** STATE_DIR: where RocksDB keeps the view. */
        Path stateDir();

        /** STATUS_THREADS: stream threads, at least 1. */
        int threads();

        /** STATUS_RETENTION: how long a finished command can be asked for. */
        Duration retention();
    }

    /** How callers prove who they are. */
    enum Auth {
        /** They do not: everybody may send everything. */
        NONE
    }

    /** Longer names would not leave room for partition and offset in the id of a record without one. */
    int MAX_TOPIC_LENGTH = 96;

    Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_TOPIC_LENGTH + "}");

    default ExpiryRule expiryRule() {
        try {
            return new ExpiryRule(expiry().byDefault(), expiry().atMost());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("COMMAND_DEFAULT_EXPIRY, COMMAND_MAX_EXPIRY: " + e.getMessage(), e);
        }
    }

    /** Stops the start at a value that no type could refuse. */
    default void check() {
        expiryRule();
        for (String topic : topics().all()) {
            require(
                    TOPIC.matcher(topic).matches(),
                    "DEVICE_COMMAND_TOPIC, DEVICE_CANCELLATION_TOPIC, DEVICE_STATUS_TOPIC",
                    "must have 1 to " + MAX_TOPIC_LENGTH + " characters of A-Z a-z 0-9 . _ - but was '" + topic + "'");
        }
        require(
                topics().all().stream().distinct().count() == topics().all().size(),
                "DEVICE_COMMAND_TOPIC, DEVICE_CANCELLATION_TOPIC, DEVICE_STATUS_TOPIC",
                "must be three topics but were " + topics().all());
        for (URI connector : connectorUrls().orElse(List.of())) {
            require(
                    connector.getHost() != null
                            && String.valueOf(connector.getScheme()).matches("https?"),
                    "CONNECTOR_URLS",
                    "must be like http://coap-connector:8081,http://mqtt-connector:8082 but has '" + connector + "'");
        }
        InternalToken.of(internalToken());
        atLeast("KAFKA_PRODUCER_TIMEOUT", producerTimeout(), Duration.ofSeconds(1));
        atLeast("STATUS_RETENTION", view().retention(), Duration.ofMinutes(1));
        require(view().threads() >= 1, "STATUS_THREADS", "must be at least 1 but was " + view().threads());
    }

    private static void atLeast(String setting, Duration value, Duration least) {
        require(value.compareTo(least) >= 0, setting, "must be at least " + least + " but was " + value);
    }

    private static void require(boolean holds, String setting, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " " + rule);
        }
    }
}
