package io.preservarium.pusher.journal;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What every Kafka client of a process is given: the brokers, the security settings, and the rules all of them keep.
 * Readers read committed records only, writers wait for all in-sync replicas.
 *
 * <p>The names are Kafka's own ({@code bootstrap.servers}, {@code security.protocol}, {@code sasl.*}, {@code ssl.*}); as
 * environment variables {@code KAFKA_SECURITY_PROTOCOL} and so on. {@code sasl.username} and {@code sasl.password} stand
 * for a {@code sasl.jaas.config} of the mechanisms PLAIN and SCRAM. The whole list is in {@code docs/settings.md}.
 */
public final class KafkaSettings {

    private static final String USERNAME = "sasl.username";
    private static final String PASSWORD = "sasl.password";

    /** One process tries one broker at most once a second; the client's default is twenty times as often. */
    private static final int RECONNECT_AT_MOST_EVERY = 1_000;

    private final Map<String, Object> shared;

    private KafkaSettings(Map<String, Object> shared) {
        this.shared = Map.copyOf(shared);
    }

    /**
     * Asks for each setting by its Kafka name; a configuration library adds its own prefix. Throws
     * IllegalArgumentException that names the setting when a value cannot be right.
     */
    public static KafkaSettings of(Function<String, Optional<String>> lookup) {
        Map<String, Object> shared = new HashMap<>();
        for (String name : AdminClientConfig.configNames()) {
            if (isShared(name)) {
                lookup.apply(name)
                        .map(String::strip)
                        .filter(value -> !value.isEmpty())
                        .ifPresent(value -> shared.put(name, value));
            }
        }
        addLogin(shared, lookup);
        if (!shared.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            throw new IllegalArgumentException(
                    "bootstrap.servers (KAFKA_BOOTSTRAP_SERVERS) must name the Kafka brokers");
        }
        try {
            var unused = AdminClientConfig.configDef().parse(shared);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("a Kafka setting cannot be right: " + e.getMessage(), e);
        }
        return new KafkaSettings(shared);
    }

    /** Settings by their Kafka names; others than those shared by all clients are left out. */
    public static KafkaSettings of(Map<String, ?> settings) {
        return of(name -> Optional.ofNullable(settings.get(name))
                .map(value -> value instanceof Password secret ? secret.value() : String.valueOf(value)));
    }

    /** Settings as environment variables: {@code security.protocol} is KAFKA_SECURITY_PROTOCOL. */
    public static KafkaSettings ofEnvironment(Map<String, String> environment) {
        return of(name -> Optional.ofNullable(environment.get(environmentName(name))));
    }

    static String environmentName(String setting) {
        return "KAFKA_" + setting.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static boolean isShared(String name) {
        return name.equals(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)
                || name.equals(CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG)
                || name.equals(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
                || name.startsWith("sasl.")
                || name.startsWith("ssl.");
    }

    private static void addLogin(Map<String, Object> shared, Function<String, Optional<String>> lookup) {
        Optional<String> username = lookup.apply(USERNAME).filter(value -> !value.isEmpty());
        Optional<String> password = lookup.apply(PASSWORD).filter(value -> !value.isEmpty());
        if (username.isEmpty() && password.isEmpty()) {
            return;
        }
        if (username.isEmpty() || password.isEmpty()) {
            throw new IllegalArgumentException(USERNAME + " and " + PASSWORD + " must be given together");
        }
        if (shared.containsKey(SaslConfigs.SASL_JAAS_CONFIG)) {
            throw new IllegalArgumentException(
                    USERNAME + " and " + SaslConfigs.SASL_JAAS_CONFIG + " say the same; give one of them");
        }
        String mechanism = String.valueOf(shared.getOrDefault(SaslConfigs.SASL_MECHANISM, "unset"));
        String module =
                switch (mechanism) {
                    case "PLAIN" -> "org.apache.kafka.common.security.plain.PlainLoginModule";
                    case "SCRAM-SHA-256", "SCRAM-SHA-512" -> "org.apache.kafka.common.security.scram.ScramLoginModule";
                    default ->
                        throw new IllegalArgumentException(SaslConfigs.SASL_MECHANISM
                                + " must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 with sasl.username but was "
                                + mechanism);
                };
        shared.put(
                SaslConfigs.SASL_JAAS_CONFIG,
                module + " required username=" + quoted(username.get()) + " password=" + quoted(password.get()) + ";");
    }

    /** A word of a JAAS file; without the escapes a password could end the word and add options. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    public String bootstrapServers() {
        return String.valueOf(shared.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** Settings of an admin client. */
    public Map<String, Object> admin(String clientId) {
        return client(clientId, Map.of());
    }

    /** Settings of a writer of bytes: idempotent, acks=all. {@code own} are the client's own settings. */
    public Map<String, Object> producer(String clientId, Map<String, ?> own) {
        Map<String, Object> all = client(clientId, own);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return all;
    }

    /** Settings of a reader: committed records only, from the first one on, offsets committed by hand or not at all. */
    public Map<String, Object> consumer(String clientId, Map<String, ?> own) {
        Map<String, Object> all = client(clientId, own);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return all;
    }

    /** Settings of Kafka Streams; every consumer in it reads committed records, and no record's time stops it. */
    public Map<String, Object> streams(String applicationId, String clientId, Map<String, ?> own) {
        Map<String, Object> all = client(clientId, own);
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        all.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, TolerantTimestamps.class);
        all.put(StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        all.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        return all;
    }

    private Map<String, Object> client(String clientId, Map<String, ?> own) {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_AT_MOST_EVERY);
        all.putAll(own);
        all.putAll(shared);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return all;
    }

    public Admin openAdmin(String clientId) {
        return Admin.create(admin(clientId));
    }

    public Producer<byte[], byte[]> openProducer(String clientId, Map<String, ?> own) {
        return new KafkaProducer<>(producer(clientId, own), new ByteArraySerializer(), new ByteArraySerializer());
    }

    public Consumer<byte[], byte[]> openConsumer(String clientId, Map<String, ?> own) {
        return new KafkaConsumer<>(consumer(clientId, own), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The innermost message of a failure: the outer ones only say that something failed. */
    public static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    /** The brokers and the protocol; never a secret. */
    @Override
    public String toString() {
        return bootstrapServers() + " ("
                + shared.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT") + ")";
    }
}
