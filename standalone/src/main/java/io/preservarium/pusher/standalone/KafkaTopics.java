package io.preservarium.pusher.standalone;

import io.preservarium.pusher.command.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of the platform, as created on a laptop. */
final class KafkaTopics {

    /** Equal for all topics keyed by device, and for life. */
    static final int PARTITIONS = 8;

    /** The longest life of a command (30 d) and two days more. */
    private static final Duration COMMANDS_KEPT = Duration.ofDays(32);

    private static final Duration UPLINKS_KEPT = Duration.ofDays(7);

    /** A script of 256 KiB with its schemas, as JSON. */
    private static final int PARSER_RECORD_BYTES = 4 << 20;

    private static final List<NewTopic> ALL = List.of(
            kept(Topics.COMMANDS, COMMANDS_KEPT),
            kept(Topics.CANCELLATIONS, COMMANDS_KEPT),
            kept(Topics.STATUS, COMMANDS_KEPT),
            kept(Topics.UPLINKS, UPLINKS_KEPT),
            kept(Topics.DEAD_LETTERS, COMMANDS_KEPT),
            topic(
                    Topics.PARSER_SCRIPTS,
                    1,
                    Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG,
                            TopicConfig.CLEANUP_POLICY_COMPACT,
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                            Integer.toString(PARSER_RECORD_BYTES))),
            topic(
                    Topics.PARSER_SCRIPT_STATUS,
                    1,
                    Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG,
                            TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                            TopicConfig.RETENTION_MS_CONFIG,
                            Long.toString(UPLINKS_KEPT.toMillis()))),
            compacted(Topics.DEVICES),
            compacted(Topics.DEVICE_SEEN));

    private KafkaTopics() {}

    private static NewTopic kept(String name, Duration retention) {
        return topic(
                name,
                PARTITIONS,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(retention.toMillis())));
    }

    private static NewTopic compacted(String name) {
        return topic(name, PARTITIONS, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    private static NewTopic topic(String name, int partitions, Map<String, String> configs) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs);
    }

    /** Creates what is missing; returns how many topics that were. */
    static int create(String bootstrapServers) throws InterruptedException {
        Map<String, Object> settings = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        int created = 0;
        try (Admin admin = Admin.create(settings)) {
            for (Future<Void> outcome : admin.createTopics(ALL).values().values()) {
                created += isNew(outcome) ? 1 : 0;
            }
        }
        return created;
    }

    private static boolean isNew(Future<Void> outcome) throws InterruptedException {
        try {
            outcome.get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw new IllegalStateException("a topic could not be created", e.getCause());
        }
    }
}
