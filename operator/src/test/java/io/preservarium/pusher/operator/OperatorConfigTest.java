package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.parser.ParserNamespaces;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OperatorConfigTest {

    @Test
    void theDefaultsAreSafe() {
        OperatorConfig config = Settings.with(Map.of());
        config.check();
        assertThat(config.namespaces()).isEmpty();
        assertThat(config.topics().all())
                .containsExactly("device_commands", "device_command_cancellations", "device_command_status");
        assertThat(config.topics().group()).isEqualTo("pusher-operator");
        assertThat(config.expiryRule().byDefault()).isEqualTo(Duration.ofDays(7));
        assertThat(config.uid()).hasToString("ba52e7fb-6e42-5aea-941a-9722eb117a5e");
        assertThat(config.leaderElection().enabled()).isFalse();
        assertThat(config.statusApi().key()).isEmpty();
        assertThat(config.parserScripts().token()).isEmpty();
        assertThat(config.parserScripts().namespaces()).isEmpty();
        assertThat(config.parserScripts().timeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void scriptsAreTakenFromTheOperatorsOwnNamespaceUnlessOthersAreNamed() {
        assertThat(scriptNamespaces("")).contains(Set.of("home"));
        assertThat(scriptNamespaces("a,b")).contains(Set.of("a", "b"));
        assertThat(scriptNamespaces("*")).isEmpty();
    }

    private static Optional<Set<String>> scriptNamespaces(String given) {
        OperatorConfig config = Settings.with(Map.of("PARSER_SCRIPT_NAMESPACES", given));
        config.check();
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(
                        new ConfigBuilder(Config.empty()).withNamespace("home").build())
                .build()) {
            return ParserNamespaces.of(config.parserScripts(), client).only();
        }
    }

    @Test
    void aTokenIsNeverShown() {
        OperatorConfig config = Settings.with(Map.of("INTERNAL_TOKEN", "a-secret\n"));
        assertThatThrownBy(config::check)
                .hasMessageContaining("INTERNAL_TOKEN")
                .hasMessageContaining("a line break at its end")
                .hasMessageNotContaining("a-secret");
    }

    @Test
    void namespacesAreAList() {
        assertThat(Settings.with(Map.of("WATCH_NAMESPACES", "a,b")).namespaces())
                .contains(Set.of("a", "b"));
    }

    @Test
    void aWrongValueStopsTheStartAndIsNamed() {
        refused(Map.of("PUSHER_API_URL", "pusher-api:8000"), "PUSHER_API_URL");
        refused(Map.of("DEVICE_STATUS_TOPIC", "a b"), "DEVICE_STATUS_TOPIC");
        refused(Map.of("COMMAND_MAX_EXPIRY", "1d"), "COMMAND_MAX_EXPIRY");
        refused(Map.of("RETRY_AFTER", "0s"), "RETRY_AFTER");
        refused(Map.of("PARSER_CHECK_TIMEOUT", "0s"), "PARSER_CHECK_TIMEOUT");
        refused(Map.of("PARSER_SCRIPT_NAMESPACES", "a,*"), "PARSER_SCRIPT_NAMESPACES");
        refused(Map.of("PARSER_SCRIPT_NAMESPACES", "Garden"), "PARSER_SCRIPT_NAMESPACES");
    }

    private static void refused(Map<String, String> given, String name) {
        OperatorConfig config = Settings.with(given);
        assertThatThrownBy(config::check)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
