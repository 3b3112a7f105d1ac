package io.preservarium.pusher.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptsConfigTest {

    private static ScriptsConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addPropertiesSources()
                .withSources(new PropertiesConfigSource(environment, "environment", 300))
                .withDefaultValue("pusher.scripts.instance-id", "coap-connector-0")
                .withMapping(ScriptsConfig.class)
                .build()
                .getConfigMapping(ScriptsConfig.class);
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        ScriptsConfig config = config(Map.of());
        assertThat(config.directory()).isEmpty();
        assertThat(config.topic()).isEqualTo("parser_scripts");
        assertThat(config.statusTopic()).isEqualTo("parser_script_status");
    }

    @Test
    void everySettingHasAnEnvironmentName() {
        ScriptsConfig config = config(Map.of(
                "PARSER_SCRIPTS_DIR", "/scripts",
                "PARSER_SCRIPTS_POLL", "PT1S",
                "PARSER_SCRIPTS_TOPIC", "mine",
                "PARSER_SCRIPT_STATUS_TOPIC", "theirs"));
        assertThat(config.directory()).contains(Path.of("/scripts"));
        assertThat(config.directoryPoll()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.topic()).isEqualTo("mine");
        assertThat(config.statusTopic()).isEqualTo("theirs");
    }
}
