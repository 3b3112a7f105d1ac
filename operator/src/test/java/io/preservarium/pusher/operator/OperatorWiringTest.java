package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.journal.KafkaSettings;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorWiringTest {

    @Test
    void theSecuritySettingsOfTheEnvironmentReachEveryKafkaClient() {
        KafkaSettings kafka = OperatorWiring.kafka(config(Map.of(
                "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                "KAFKA_SASL_MECHANISM", "PLAIN",
                "KAFKA_SASL_USERNAME", "operator",
                "KAFKA_SASL_PASSWORD", "secret",
                "KAFKA_SSL_TRUSTSTORE_TYPE", "PEM")));

        for (Map<String, Object> client :
                java.util.List.of(kafka.producer("p", Map.of()), kafka.consumer("c", Map.of()))) {
            assertThat(client)
                    .containsEntry("bootstrap.servers", "kafka:9092")
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("ssl.truststore.type", "PEM")
                    .containsKey("sasl.jaas.config");
        }
    }

    @Test
    void aWrongSecuritySettingStopsTheStartAndIsNamed() {
        SmallRyeConfig config = config(Map.of("KAFKA_SECURITY_PROTOCOL", "TLS"));
        assertThatThrownBy(() -> OperatorWiring.kafka(config)).hasMessageContaining("security.protocol");
    }

    private static SmallRyeConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .withSources(
                        new EnvConfigSource(environment, 300),
                        new PropertiesConfigSource(Map.of("kafka.bootstrap.servers", "kafka:9092"), "test", 100))
                .build();
    }
}
