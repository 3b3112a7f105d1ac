package io.preservarium.pusher.api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiConfigTest {

    @Test
    void withoutAnySettingTheDefaultsHold() {
        ApiConfig config = config(Map.of());
        config.check();
        assertThat(config.auth()).isEqualTo(ApiConfig.Auth.NONE);
        assertThat(config.topics().all())
                .containsExactly("device_commands", "device_command_cancellations", "device_command_status");
        assertThat(config.expiry().byDefault()).isEqualTo(Duration.ofDays(7));
        assertThat(config.expiry().atMost()).isEqualTo(Duration.ofDays(30));
        assertThat(config.view().retention()).isEqualTo(Duration.ofHours(72));
        assertThat(config.parsers().scriptsTopic()).isEqualTo("parser_scripts");
        assertThat(config.parsers().statusTopic()).isEqualTo("parser_script_status");
        assertThat(config.connectorUrls()).isEmpty();
        assertThat(config.internalToken()).isEmpty();
        assertThat(config.producerTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void theOldNameOfTheCommandTopicStillWorks() {
        assertThat(config(Map.of("KAFKA_COMMAND_TOPIC", "old")).topics().commands())
                .isEqualTo("old");
        assertThat(config(Map.of("KAFKA_COMMAND_TOPIC", "old", "DEVICE_COMMAND_TOPIC", "new"))
                        .topics()
                        .commands())
                .isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH,                    oidc,      auth",
        "COMMAND_DEFAULT_EXPIRY,  soon,      expiry.default",
        "COMMAND_MAX_EXPIRY,      1d,        COMMAND_MAX_EXPIRY",
        "DEVICE_COMMAND_TOPIC,    a/b,       DEVICE_COMMAND_TOPIC",
        "DEVICE_STATUS_TOPIC,     device_commands, DEVICE_STATUS_TOPIC",
        "KAFKA_PRODUCER_TIMEOUT,  10ms,      KAFKA_PRODUCER_TIMEOUT",
        "STATUS_RETENTION,        0s,        STATUS_RETENTION",
        "CONNECTOR_URLS,          coap-connector:8081, CONNECTOR_URLS",
        "STATUS_THREADS,          0,         STATUS_THREADS",
        "STATUS_THREADS,          many,      view.threads"
    })
    void aWrongValueStopsTheStartAndIsNamed(String setting, String value, String named) {
        assertThatThrownBy(() -> config(Map.of(setting, value)).check()).hasMessageContaining(named);
    }

    private static ApiConfig config(Map<String, String> environment) {
        try {
            return new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .addDiscoveredConverters()
                    .withSources(
                            new PropertiesConfigSource(environment, "environment", 300),
                            new PropertiesConfigSource(ApiConfigTest.class.getResource("/application.properties"), 100))
                    .withMapping(ApiConfig.class)
                    .withMappingIgnore("**")
                    .build()
                    .getConfigMapping(ApiConfig.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
