package io.preservarium.pusher.delivery;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of waiting and delivering, the same for every connector. The environment variable of each is in {@code docs/settings.md}. */
@ConfigMapping(prefix = "pusher.delivery")
public interface DeliveryConfig {

    /** Kafka Streams application id, and prefix of its state topics. DELIVERY_APPLICATION_ID. */
    String applicationId();

    /** This replica's lasting name: static group membership and the source of its status events. INSTANCE_ID. */
    String instanceId();

    /** Folder of the local state. STATE_DIR. */
    String stateDir();

    Topics topics();

    /** Copies of the state on other replicas; 1 when there are several. DELIVERY_STANDBYS. */
    @WithDefault("0")
    int standbys();

    /** Replication factor of the state topics; -1 is the broker's default. DELIVERY_STATE_REPLICATION. */
    @WithDefault("-1")
    int stateReplication();

    /** Threads that keep the store. DELIVERY_THREADS. */
    @WithDefault("1")
    int threads();

    /** Time without a heartbeat after which another replica takes over. SESSION_TIMEOUT. */
    @WithDefault("15s")
    Duration sessionTimeout();

    /** Memory of all RocksDB stores of the process, in MiB. DELIVERY_STORE_MEMORY. */
    @WithDefault("64")
    int storeMemoryMib();

    /** Life of a command that names no expiry. COMMAND_DEFAULT_EXPIRY. */
    @WithDefault("7d")
    Duration defaultExpiry();

    /** Longest life of a command. COMMAND_MAX_EXPIRY. */
    @WithDefault("30d")
    Duration maxExpiry();

    /** Waiting commands of one device; one more is failed QUEUE_FULL. WAITING_PER_DEVICE. */
    @WithDefault("100")
    int waitingPerDevice();

    /** Time after which an attempt without outcome is free again. ATTEMPT_LEASE. */
    @WithDefault("15s")
    Duration attemptLease();

    /** Attempts before DELIVERY_FAILED. MAX_ATTEMPTS. */
    @WithDefault("5")
    int maxAttempts();

    /** How long a missing parser script is waited for. PARSER_WAIT. */
    @WithDefault("30s")
    Duration parserWait();

    /** How often deadlines are looked at. DEADLINE_INTERVAL. */
    @WithDefault("1s")
    Duration deadlineInterval();

    /** Whether this connector answers for records that are no command of any protocol; exactly one connector should. INVALID_COMMANDS_OWNER. */
    boolean ownsInvalidCommands();

    /** Topic names; DESIGN section 4. */
    interface Topics {
        /** DEVICE_COMMAND_TOPIC, or KAFKA_COMMAND_TOPIC. */
        @WithDefault("device_commands")
        String commands();

        /** DEVICE_CANCELLATION_TOPIC. */
        @WithDefault("device_command_cancellations")
        String cancellations();

        /** DEVICE_STATUS_TOPIC. */
        @WithDefault("device_command_status")
        String status();

        /** DEVICE_UPLINK_TOPIC. */
        @WithDefault("device_uplinks")
        String uplinks();

        /** DEVICE_COMMAND_DLQ_TOPIC. */
        @WithDefault("device_commands_dlq")
        String deadLetters();
    }
}
