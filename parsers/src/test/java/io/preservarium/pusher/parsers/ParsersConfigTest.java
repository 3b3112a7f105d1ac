package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.process.Isolation;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParsersConfigTest {

    private static ParsersConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addPropertiesSources()
                .withSources(new PropertiesConfigSource(environment, "environment", 300))
                .withMapping(ParsersConfig.class)
                .build()
                .getConfigMapping(ParsersConfig.class);
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        ParsersConfig config = config(Map.of());
        assertThat(config.callLimit()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.loadLimit()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.outputLimit()).isEqualTo(64 << 10);
        assertThat(config.scriptLimit()).isEqualTo(256 << 10);
        assertThat(config.memoryLimit()).isEqualTo(256L << 20);
        assertThat(config.contexts()).isEmpty();
        assertThat(ScriptParser.limits(config).contexts()).isGreaterThanOrEqualTo(2);
        assertThat(ScriptParser.limits(config).quarantineAfter()).isEqualTo(3);
        assertThat(config.isolation()).isEqualTo(Isolation.AUTO);
    }

    @Test
    void everySettingHasAnEnvironmentName() {
        ParsersConfig config = config(Map.of(
                "PARSER_CALL_LIMIT", "PT2S",
                "PARSER_LOAD_LIMIT", "PT3S",
                "PARSER_MEMORY_LIMIT", "4",
                "PARSER_OUTPUT_LIMIT", "5",
                "PARSER_SCRIPT_LIMIT", "6",
                "PARSER_CONTEXTS", "7",
                "PARSER_DOMAINS", "10",
                "PARSER_ISOLATION", "in-process",
                "PARSER_QUARANTINE_AFTER", "8",
                "PARSER_QUARANTINE", "PT9S"));
        assertThat(config.callLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.loadLimit()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.memoryLimit()).isEqualTo(4);
        assertThat(config.outputLimit()).isEqualTo(5);
        assertThat(config.scriptLimit()).isEqualTo(6);
        assertThat(config.contexts()).hasValue(7);
        assertThat(config.domains()).isEqualTo(10);
        assertThat(config.isolation()).isEqualTo(Isolation.IN_PROCESS);
        assertThat(config.quarantineAfter()).isEqualTo(8);
        assertThat(config.quarantine()).isEqualTo(Duration.ofSeconds(9));
    }
}
