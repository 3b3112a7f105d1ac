package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real API server with our CRD: the one of KUBECONFIG, or the control plane that k8s/testing/kube up started. Only on this machine: a KUBECONFIG that points elsewhere is not touched.
 */
public final class TestCluster {

    /** A list of hundreds of resources may take longer than the client's 10 s while as many are being written. */
    private static final int PATIENCE_MILLIS = 60_000;

    private static final Path CACHE = Optional.ofNullable(System.getenv("KUBE_CACHE"))
            .map(Path::of)
            .orElseGet(() -> Repository.root().resolve(".dev/kube"));
    private static final Path KUBECONFIG = CACHE.resolve("kubeconfig");

    private static Optional<Found> found = Optional.empty();

    private record Found(Optional<KubernetesClient> client, String why) {}

    private TestCluster() {}

    /** Skips a test class when there is no cluster; with REQUIRE_KUBE=1 it fails instead. */
    public static final class Needed implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Found cluster = find();
            if (cluster.client().isPresent()) {
                return ConditionEvaluationResult.enabled("a Kubernetes API server is there");
            }
            if ("1".equals(System.getenv("REQUIRE_KUBE"))) {
                throw new IllegalStateException("REQUIRE_KUBE=1, but " + cluster.why());
            }
            return ConditionEvaluationResult.disabled("skipped: " + cluster.why());
        }
    }

    public static KubernetesClient client() {
        return find().client().orElseThrow();
    }

    public static synchronized Found find() {
        if (found.isEmpty()) {
            found = Optional.of(look());
        }
        return found.get();
    }

    /** The client's types come from the class loader it looks them up in, and Quarkus tests have several. */
    private static Found look() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(TestCluster.class.getClassLoader());
        try {
            if (System.getenv("KUBECONFIG") != null) {
                return connect(Path.of(System.getenv("KUBECONFIG")));
            }
            if (Files.exists(KUBECONFIG)) {
                return connect(KUBECONFIG);
            }
            return new Found(Optional.empty(), "no Kubernetes; run ./dev kube up");
        } catch (IOException e) {
            return new Found(Optional.empty(), "no Kubernetes: " + e.getMessage());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Found connect(Path kubeconfig) throws IOException {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        String host = java.net.URI.create(config.getMasterUrl()).getHost();
        if (!host.equals("127.0.0.1") && !host.equals("localhost")) {
            return new Found(Optional.empty(), "KUBECONFIG names a cluster beyond this machine; run ./dev kube up");
        }
        config.setRequestTimeout(PATIENCE_MILLIS);
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        installCrd(client);
        return new Found(Optional.of(client), "");
    }

    private static void installCrd(KubernetesClient client) {
        CustomResourceDefinition crd = client.getKubernetesSerialization()
                .unmarshal(
                        Repository.text(Repository.k8s("crds/devicecommands.pusher.preservarium.io.yaml")),
                        CustomResourceDefinition.class);
        client.resource(crd).forceConflicts().serverSideApply();
        client.resource(crd)
                .waitUntilCondition(
                        now -> now != null
                                && now.getStatus() != null
                                && now.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
        // Established, and some time later served.
        DeviceCommand probe = Resources.deviceCommand("payload: {}");
        probe.getMetadata().setNamespace("default");
        probe.getMetadata().setUid(null);
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .ignoreExceptions()
                .until(() -> client.resource(probe).dryRun().create() != null);
    }

    /**
     * A client with the rights of the operator's ServiceAccount, as k8s/manifests gives them, and no more. Those for parser
     * scripts are given in the namespaces {@code scripts} instead of the release's.
     */
    public static KubernetesClient asOperator(Collection<String> scripts) {
        for (String document : Repository.text(Repository.k8s("manifests/pusher-operator.yaml"))
                .split("(?m)^---\\s*$")) {
            HasMetadata object = client().getKubernetesSerialization().unmarshal(document);
            if (object.getKind().equals("ClusterRole") || object.getKind().equals("ClusterRoleBinding")) {
                client().resource(object).forceConflicts().serverSideApply();
            } else if (object.getMetadata().getName().endsWith("-parser-scripts")) {
                for (String namespace : scripts) {
                    object.getMetadata().setNamespace(namespace);
                    client().resource(object).forceConflicts().serverSideApply();
                }
            }
        }
        Config config = new ConfigBuilder(client().getConfiguration())
                .withRequestTimeout(Config.DEFAULT_REQUEST_TIMEOUT)
                .withImpersonateUsername("system:serviceaccount:pusher:pusher-operator")
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** A fresh namespace. */
    public static String namespace(String prefix) {
        return client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName(prefix + "-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    public static String kubectl(String... arguments) {
        java.util.List<String> command = new java.util.ArrayList<>();
        command.add(CACHE.resolve("bin/kubectl").toString());
        command.add("--cache-dir=" + CACHE.resolve("run/kubectl"));
        command.addAll(java.util.List.of(arguments));
        String kubeconfig = Optional.ofNullable(System.getenv("KUBECONFIG")).orElse(KUBECONFIG.toString());
        return run(command, Map.of("KUBECONFIG", kubeconfig));
    }

    public static boolean hasKubectl() {
        return Files.isExecutable(CACHE.resolve("bin/kubectl"));
    }

    private static String run(java.util.List<String> command, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("kube", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            int code = builder.start().waitFor();
            String text = Files.readString(output);
            Files.delete(output);
            return code == 0 ? text : text + "\nexit code " + code;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
