package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart, and the plain manifests that are nothing but the chart rendered. */
class ChartTest {

    private static final Path CHART = Repository.k8s("charts/pusher-operator");
    private static final Path MANIFEST = Repository.k8s("manifests/pusher-operator.yaml");
    private static final String HEAD =
            "# Rendered from k8s/charts/pusher-operator with its defaults; ChartTest says how and that it is so.\n";

    @Test
    void theCommittedManifestIsTheChartRendered() throws IOException {
        String rendered = HEAD + render(Map.of());
        if ("true".equals(System.getenv("UPDATE_GOLDEN"))) {
            Files.writeString(MANIFEST, rendered);
        }
        assertThat(Repository.text(MANIFEST))
                .as("UPDATE_GOLDEN=true writes it anew")
                .isEqualTo(rendered);
    }

    @Test
    void theChartIsClean() {
        assertThat(new Helm(CHART).lint().strict().call().isFailed()).isFalse();
    }

    @Test
    void theChartOfTheCrdsHoldsTheCrdsAndKeepsThem() throws IOException {
        assertThat(new Helm(Repository.k8s("charts/pusher-crds"))
                        .lint()
                        .strict()
                        .call()
                        .isFailed())
                .isFalse();
        try (Stream<Path> files = Files.list(Repository.k8s("crds"))) {
            for (Path crd : files.toList()) {
                String text = Repository.text(crd);
                assertThat(text).contains("helm.sh/resource-policy: keep");
                assertThat(Repository.text(
                                Repository.k8s("charts/pusher-crds/templates").resolve(crd.getFileName())))
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void thePodIsRestricted() {
        Deployment deployment = only(Deployment.class, Map.of());
        var pod = deployment.getSpec().getTemplate().getSpec();
        var container = pod.getContainers().getFirst().getSecurityContext();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void rightsAreOnlyWhereNamespacesAreWatched() {
        List<HasMetadata> all =
                objects(Map.of("watchNamespaces[0]", "a", "watchNamespaces[1]", "b", "userRoles", "false"));
        assertThat(all).noneMatch(object -> object.getKind().equals("ClusterRole"));
        assertThat(all)
                .filteredOn(Role.class::isInstance)
                .filteredOn(role -> role.getMetadata().getName().equals("pusher-operator"))
                .extracting(role -> role.getMetadata().getNamespace())
                .containsExactly("a", "b");
    }

    @Test
    void configMapsAreReadAndMarkedOnlyWhereScriptsAreTaken() {
        assertThat(scriptRoles(Map.of())).containsExactly("Role pusher");
        assertThat(scriptRoles(Map.of("parserScripts.namespaces[0]", "a", "parserScripts.namespaces[1]", "b")))
                .containsExactly("Role a", "Role b");
        assertThat(scriptRoles(Map.of("parserScripts.namespaces[0]", "*"))).containsExactly("ClusterRole null");
        assertThat(scriptRoles(Map.of("parserScripts.enabled", "false"))).isEmpty();
        Role role = objects(Map.of()).stream()
                .filter(Role.class::isInstance)
                .map(Role.class::cast)
                .filter(each -> each.getMetadata().getName().endsWith("-parser-scripts"))
                .findFirst()
                .orElseThrow();
        assertThat(role.getRules())
                .extracting(rule -> rule.getResources() + " " + rule.getVerbs())
                .containsExactly("[configmaps] [get, list, watch, patch]", "[events] [create]");
    }

    private static List<String> scriptRoles(Map<String, String> values) {
        return objects(values).stream()
                .filter(object -> object.getMetadata().getName().endsWith("-parser-scripts"))
                .filter(object -> !object.getKind().endsWith("Binding"))
                .map(object -> object.getKind() + " " + object.getMetadata().getNamespace())
                .toList();
    }

    @Test
    void scriptsAreTakenWithTheTokenOnly() {
        assertThat(environment(Map.of()))
                .containsEntry("PARSER_SCRIPT_NAMESPACES", "pusher")
                .doesNotContainKey("INTERNAL_TOKEN");
        assertThat(environment(Map.of(
                        "parserScripts.internalTokenSecret", "pusher-token", "parserScripts.namespaces[0]", "a")))
                .containsEntry("PARSER_SCRIPT_NAMESPACES", "a")
                .containsEntry("INTERNAL_TOKEN", "pusher-token/token");
        assertThat(environment(
                        Map.of("parserScripts.internalTokenSecret", "pusher-token", "parserScripts.enabled", "false")))
                .doesNotContainKeys("PARSER_SCRIPT_NAMESPACES", "INTERNAL_TOKEN");
    }

    private static Map<String, String> environment(Map<String, String> values) {
        return container(values).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, setting -> Optional.ofNullable(setting.getValueFrom())
                        .map(from -> from.getSecretKeyRef().getName() + "/"
                                + from.getSecretKeyRef().getKey())
                        .orElseGet(setting::getValue)));
    }

    @Test
    void twoReplicasNeedALeader() {
        assertThatThrownBy(() -> render(Map.of("replicas", "2", "leaderElection", "false")))
                .hasMessageContaining("replicas above 1 need leaderElection");
    }

    @Test
    void everySettingOfTheDeploymentIsOneOfTheService() {
        String known = Repository.text(Repository.root().resolve("operator/src/main/resources/application.properties"));
        assertThat(container(Map.of("statusApi.keySecret", "s", "parserScripts.internalTokenSecret", "t"))
                        .getEnv())
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(known).contains("${" + setting.getName() + ":"));
    }

    @Test
    void theExamplesAreReadAsTheyAreWritten() throws IOException {
        try (Stream<Path> files = Files.list(Repository.k8s("examples"))) {
            List<Path> examples = files.filter(
                            file -> file.getFileName().toString().startsWith("devicecommand-"))
                    .toList();
            assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
            for (Path example : examples) {
                assertThat(Resources.YAML
                                .<HasMetadata>unmarshal(Repository.text(example))
                                .getKind())
                        .isEqualTo("DeviceCommand");
            }
        }
    }

    private static String render(Map<String, String> values) {
        TemplateCommand command = new Helm(CHART)
                .template()
                .withName("pusher-operator")
                .withNamespace("pusher")
                .withKubeVersion("1.29.0");
        values.forEach(command::set);
        return Arrays.stream(command.call().split("(?m)^---\\s*$"))
                .map(String::strip)
                .filter(document -> !document.isEmpty())
                .collect(Collectors.joining("\n---\n", "", "\n"));
    }

    private static List<HasMetadata> objects(Map<String, String> values) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : render(values).split("(?m)^---\\s*$")) {
            objects.add(Resources.YAML.unmarshal(document));
        }
        return objects;
    }

    private static Container container(Map<String, String> values) {
        return only(Deployment.class, values)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }

    private static <T extends HasMetadata> T only(Class<T> type, Map<String, String> values) {
        return objects(values).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}
