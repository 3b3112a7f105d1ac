package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    private static final Map<String, String> SECURED = Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", "kafka:9093",
            "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
            "KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
            "KAFKA_SASL_USERNAME", "pusher",
            "KAFKA_SASL_PASSWORD", "s3\"cret\\",
            "KAFKA_SSL_TRUSTSTORE_LOCATION", "ca.pem",
            "KAFKA_SSL_TRUSTSTORE_TYPE", "PEM",
            "KAFKA_COMMAND_TOPIC", "device_commands");

    @Test
    void everyClientGetsTheBrokersAndTheSecuritySettings() {
        KafkaSettings settings = KafkaSettings.ofEnvironment(SECURED);

        for (Map<String, Object> client : java.util.List.of(
                settings.admin("a"),
                settings.producer("p", Map.of()),
                settings.consumer("c", Map.of()),
                settings.streams("app", "s", Map.of()))) {
            assertThat(client)
                    .containsEntry("bootstrap.servers", "kafka:9093")
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("ssl.truststore.location", "ca.pem")
                    .containsEntry(
                            "sasl.jaas.config",
                            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"pusher\" password=\"s3\\\"cret\\\\\";")
                    .doesNotContainKeys("command.topic", "sasl.username", "sasl.password");
        }
    }

    @Test
    void everyReaderReadsCommittedRecordsOnly() {
        KafkaSettings settings = KafkaSettings.of(Map.of("bootstrap.servers", "kafka:9092"));

        assertThat(settings.consumer("c", Map.of("isolation.level", "read_uncommitted")))
                .containsEntry("isolation.level", "read_committed");
        StreamsConfig streams = new StreamsConfig(settings.streams("app", "s", Map.of()));
        assertThat(streams.getMainConsumerConfigs("app", "s", 0)).containsEntry("isolation.level", "read_committed");
        assertThat(streams.getRestoreConsumerConfigs("s")).containsEntry("isolation.level", "read_committed");
        assertThat(streams.getGlobalConsumerConfigs("s")).containsEntry("isolation.level", "read_committed");
    }

    @Test
    void noOwnSettingOfAClientWeakensWhatAllShare() {
        KafkaSettings settings =
                KafkaSettings.of(Map.of("bootstrap.servers", "kafka:9092", "security.protocol", "SSL"));

        assertThat(settings.producer("p", Map.of("acks", "1", "security.protocol", "PLAINTEXT", "linger.ms", 5)))
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("security.protocol", "SSL")
                .containsEntry("linger.ms", 5);
    }

    @Test
    void aSettingThatCannotBeRightIsNamed() {
        assertThatThrownBy(() -> KafkaSettings.of(Map.of())).hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS");
        assertThatThrownBy(() -> with("KAFKA_SECURITY_PROTOCOL", "SECURE")).hasMessageContaining("security.protocol");
        assertThatThrownBy(() -> with("KAFKA_SASL_MECHANISM", "GSSAPI")).hasMessageContaining("sasl.mechanism");
        assertThatThrownBy(() -> with("KAFKA_SASL_PASSWORD", "")).hasMessageContaining("given together");
        assertThatThrownBy(() -> with("KAFKA_SASL_JAAS_CONFIG", "x required;")).hasMessageContaining("say the same");
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(KafkaSettings.ofEnvironment(SECURED).toString()).isEqualTo("kafka:9093 (SASL_SSL)");
        assertThatThrownBy(() -> with("KAFKA_SSL_KEYSTORE_PASSWORD", "hidden", "KAFKA_SECURITY_PROTOCOL", "X"))
                .hasMessageNotContaining("hidden")
                .hasMessageNotContaining("cret");
    }

    private static KafkaSettings with(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(SECURED);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return KafkaSettings.ofEnvironment(environment);
    }
}
