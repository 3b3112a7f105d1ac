package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** k8s/manifests as an API server takes them, in a namespace that enforces the restricted Pod Security Standard. */
@ExtendWith(TestCluster.Needed.class)
class ManifestIT {

    private final KubernetesClient client = TestCluster.client();
    private String namespace = "";

    @BeforeEach
    void restrictedNamespace() {
        namespace = client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("restricted-")
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
        // A Pod cannot be created before the controller manager has made this.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null);
    }

    @AfterEach
    void removeNamespace() {
        client.namespaces().withName(namespace).delete();
    }

    @Test
    void theServerTakesEveryManifest() {
        List<HasMetadata> manifests = manifests();
        assertThat(manifests)
                .extracting(HasMetadata::getKind)
                .contains("Deployment", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");
        for (HasMetadata manifest : manifests) {
            if (manifest.getMetadata().getNamespace() != null) {
                manifest.getMetadata().setNamespace(namespace);
            }
            assertThat(client.resource(manifest).dryRun().forceConflicts().serverSideApply())
                    .isNotNull();
        }
    }

    @Test
    void theOperatorsPodIsFineUnderTheRestrictedStandard() {
        assertThat(client.resource(pod()).dryRun().create().getSpec().getContainers())
                .hasSize(1);
    }

    @Test
    void aPodThatMayBecomeRootIsRefusedSoTheStandardIsEnforced() {
        Pod pod = new PodBuilder(pod())
                .editSpec()
                .editSecurityContext()
                .withRunAsNonRoot(false)
                .withRunAsUser(0L)
                .endSecurityContext()
                .endSpec()
                .build();
        assertThatThrownBy(() -> client.resource(pod).dryRun().create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("restricted");
    }

    private Pod pod() {
        Deployment deployment = manifests().stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
        return new PodBuilder()
                .withNewMetadata()
                .withName("operator")
                .withNamespace(namespace)
                .endMetadata()
                .withSpec(deployment.getSpec().getTemplate().getSpec())
                .editSpec()
                .withServiceAccountName("default")
                .endSpec()
                .build();
    }

    private List<HasMetadata> manifests() {
        return Arrays.stream(Repository.text(Repository.k8s("manifests/pusher-operator.yaml"))
                        .split("(?m)^---\\s*$"))
                .map(document ->
                        (HasMetadata) client.getKubernetesSerialization().unmarshal(document))
                .toList();
    }
}
