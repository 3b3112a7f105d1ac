package io.preservarium.pusher.operator.installation;

import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.InternalToken;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Every setting of the operator; {@code application.properties} gives each its environment name and default. */
@ConfigMapping(prefix = "pusher.operator")
public interface OperatorConfig {

    /** PUSHER_NAME: the installation this operator serves; resources with another {@code spec.pusherRef.name} are left alone. */
    String name();

    /**
     * PUSHER_UID: the name space of idempotency keys (RFC 9562 section 5.5). Fixed for the life of an installation, or a
     * repeated key would make a second command; two installations on one Kafka need two.
     */
    UUID uid();

    /** WATCH_NAMESPACES: the namespaces whose resources are served; none means all. */
    Optional<Set<String>> namespaces();

    Topics topics();

    /** COMMAND_DEFAULT_EXPIRY, COMMAND_MAX_EXPIRY: how long a command lives. */
    Expiry expiry();

    /** KAFKA_PRODUCER_TIMEOUT: how long a command may take to reach Kafka. */
    Duration producerTimeout();

    StatusApiSettings statusApi();

    ParserScripts parserScripts();

    /** RETRY_AFTER: the pause before Kafka or pusher-api is asked again. */
    Duration retryAfter();

    /** STATUS_SETTLE: how long a state between acceptance and end must last to be worth its one status write. */
    Duration settle();

    LeaderElection leaderElection();

    interface Topics {
        /** DEVICE_COMMAND_TOPIC, alias KAFKA_COMMAND_TOPIC. */
        String commands();

        /** DEVICE_CANCELLATION_TOPIC. */
        String cancellations();

        /** DEVICE_STATUS_TOPIC. */
        String status();

        /** STATUS_GROUP: the consumer group that remembers how far the status topic was written back. */
        String group();

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

    interface StatusApiSettings {
        /** PUSHER_API_URL: where pusher-api answers. */
        URI url();

        /** PUSHER_API_KEY: sent as X-API-Key; needs the right to read. */
        Optional<String> key();

        /** PUSHER_API_TIMEOUT: how long one answer may take. */
        Duration timeout();
    }

    interface ParserScripts {
        /** The value of PARSER_SCRIPT_NAMESPACES that means every namespace. */
        String ALL = "*";

        /** INTERNAL_TOKEN: shows pusher-api that this is the operator; without it ConfigMaps are left alone. */
        Optional<String> token();

        /**
         * PARSER_SCRIPT_NAMESPACES: where labelled ConfigMaps are taken as parser scripts; {@value #ALL} is everywhere, none
         * the operator's own namespace. Who may write ConfigMaps there may send anything to any device.
         */
        Optional<Set<String>> namespaces();

        /** PARSER_CHECK_TIMEOUT: how long one script may take to be checked; pusher-api gives each connector 30 s. */
        Duration timeout();
    }

    interface LeaderElection {
        /** LEADER_ELECTION: whether replicas agree on one that works; needed with more than one. */
        boolean enabled();

        /** LEADER_ELECTION_LEASE: the Lease they agree by. */
        String lease();

        /** LEADER_ELECTION_NAMESPACE: where it is; the operator's own if absent. */
        Optional<String> namespace();
    }

    Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    /** RFC 1123 section 2.1, as Kubernetes names a namespace. */
    Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

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
                    "must have 1 to 249 characters of A-Z a-z 0-9 . _ - but was '" + topic + "'");
        }
        String scheme = statusApi().url().getScheme();
        require(
                "http".equals(scheme) || "https".equals(scheme),
                "PUSHER_API_URL",
                "must start with http:// or https:// but was '" + statusApi().url() + "'");
        positive("KAFKA_PRODUCER_TIMEOUT", producerTimeout());
        positive("PUSHER_API_TIMEOUT", statusApi().timeout());
        positive("PARSER_CHECK_TIMEOUT", parserScripts().timeout());
        parserScripts()
                .namespaces()
                .ifPresent(names -> require(
                        names.equals(Set.of(ParserScripts.ALL))
                                || names.stream()
                                        .allMatch(
                                                name -> NAMESPACE.matcher(name).matches()),
                        "PARSER_SCRIPT_NAMESPACES",
                        "must be names of namespaces or only " + ParserScripts.ALL + " but was " + names));
        InternalToken.of(parserScripts().token());
        positive("RETRY_AFTER", retryAfter());
        require(!settle().isNegative(), "STATUS_SETTLE", "must not be negative but was " + settle());
    }

    private static void positive(String setting, Duration value) {
        require(value.compareTo(Duration.ZERO) > 0, setting, "must be longer than nothing but was " + value);
    }

    private static void require(boolean holds, String setting, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " " + rule);
        }
    }
}
