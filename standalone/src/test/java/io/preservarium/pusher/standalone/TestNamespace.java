package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A namespace of its own on a real API server of this machine, with the CRDs and with the operator's rights as k8s/manifests
 * gives them. Everything goes through kubectl.
 */
final class TestNamespace implements AutoCloseable {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path CACHE =
            Optional.ofNullable(System.getenv("KUBE_CACHE")).map(Path::of).orElse(ROOT.resolve(".dev/kube"));
    private static final Optional<Path> GIVEN =
            Optional.ofNullable(System.getenv("KUBECONFIG")).map(Path::of);
    private static final Path KUBECONFIG = GIVEN.orElse(CACHE.resolve("kubeconfig"));

    /** How kubectl ended. */
    record Run(int exitCode, String said) {}

    private final String name;

    private TestNamespace(String name) {
        this.name = name;
    }

    /** Skips a test without an API server on this machine; with REQUIRE_KUBE=1 it fails instead. */
    static TestNamespace open(String prefix) throws IOException, InterruptedException {
        if (!Files.exists(KUBECONFIG)) {
            missing("no Kubernetes; run ./dev kube up");
        }
        String server = config().at("/clusters/0/cluster/server").asText();
        if (!server.matches("https?://(127\\.0\\.0\\.1|localhost)(:\\d+)?/?")) {
            missing("KUBECONFIG names a cluster beyond this machine; run ./dev kube up");
        }
        TestNamespace namespace =
                new TestNamespace(prefix + "-" + Long.toString(System.nanoTime() & 0xfffffffL, Character.MAX_RADIX));
        cluster(
                "apply",
                "--server-side",
                "--force-conflicts",
                "-f",
                ROOT.resolve("k8s/crds").toString());
        cluster("wait", "--for=condition=Established", "crd/devicecommands.pusher.preservarium.io", "--timeout=30s");
        cluster("create", "namespace", namespace.name);
        namespace.grantEverything();
        return namespace;
    }

    private static void missing(String what) {
        if ("1".equals(System.getenv("REQUIRE_KUBE"))) {
            fail("REQUIRE_KUBE=1, but " + what);
        }
        System.out.println("skipped: " + what);
        Assumptions.abort(what);
    }

    String name() {
        return name;
    }

    static Path example(String file) {
        return ROOT.resolve("k8s/examples").resolve(file);
    }

    /** The rights of the manifest, in this namespace's name. */
    void grantEverything() throws IOException, InterruptedException {
        String rights = Stream.of(Files.readString(ROOT.resolve("k8s/manifests/pusher-operator.yaml"))
                        .split("(?m)^---\\s*$"))
                .filter(document ->
                        !document.contains("kind: Deployment") && !document.contains("name: devicecommand-"))
                .map(document -> document.replace("namespace: pusher\n", "namespace: " + name + "\n")
                        .replaceAll("name: pusher-operator(-\\w+)?\n", "name: " + name + "$1\n"))
                .collect(Collectors.joining("\n---\n"));
        apply(rights);
    }

    /** From now on the operator may publish but not say so. */
    void takeAwayTheStatus() throws IOException, InterruptedException {
        ObjectNode role = (ObjectNode) RunningPusher.json(cluster("get", "clusterrole", name, "-o", "json"));
        List<JsonNode> rules = new ArrayList<>();
        role.get("rules").forEach(rules::add);
        assertThat(rules.removeIf(rule -> rule.get("resources").toString().contains("devicecommands/status")))
                .isTrue();
        ((ObjectNode) role.get("metadata")).remove(List.of("managedFields", "resourceVersion"));
        role.putArray("rules").addAll(rules);
        apply(role.toString());
    }

    /** A kubeconfig with the ServiceAccount's rights and no more. */
    Path operatorKubeconfig() throws IOException, InterruptedException {
        JsonNode admin = config();
        String token = kubectl("create", "token", name, "--duration=1h").strip();
        ObjectNode config = (ObjectNode) RunningPusher.json("{\"apiVersion\":\"v1\",\"kind\":\"Config\"}");
        config.putArray("clusters").addObject().put("name", "c").set("cluster", admin.at("/clusters/0/cluster"));
        config.putArray("users").addObject().put("name", "u").putObject("user").put("token", token);
        config.putArray("contexts")
                .addObject()
                .put("name", "x")
                .putObject("context")
                .put("cluster", "c")
                .put("user", "u")
                .put("namespace", name);
        config.put("current-context", "x");
        return Files.writeString(Files.createTempFile(name, ".kubeconfig"), config.toString());
    }

    private static JsonNode config() throws IOException, InterruptedException {
        return RunningPusher.json(cluster("config", "view", "--raw", "--minify", "--flatten", "-o", "json"));
    }

    /** The API server dies and comes back with what etcd has. Only ours can be had to do that. */
    static void restartApiServer() throws IOException, InterruptedException {
        Assumptions.assumeTrue(GIVEN.isEmpty(), "skipped: the API server of KUBECONFIG is not ours to restart");
        assertThat(run("", List.of(ROOT.resolve("k8s/testing/kube").toString(), "restart"))
                        .said())
                .contains("ready again");
    }

    void apply(String yaml) throws IOException, InterruptedException {
        check(tryKubectl(yaml, "apply", "--server-side", "--force-conflicts", "-f", "-"));
    }

    void create(String yaml) throws IOException, InterruptedException {
        check(tryKubectl(yaml, "create", "-f", "-"));
    }

    JsonNode get(String resource) throws IOException, InterruptedException {
        return RunningPusher.json(kubectl("get", resource, "-o", "json"));
    }

    String kubectl(String... arguments) throws IOException, InterruptedException {
        return check(tryKubectl("", arguments));
    }

    Run tryKubectl(String input, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--namespace", name));
        all.addAll(Arrays.asList(arguments));
        return run(input, kubectl(all));
    }

    private static String cluster(String... arguments) throws IOException, InterruptedException {
        return check(run("", kubectl(Arrays.asList(arguments))));
    }

    private static List<String> kubectl(List<String> arguments) {
        Path ours = CACHE.resolve("bin/kubectl");
        List<String> command = new ArrayList<>();
        command.add(Files.isExecutable(ours) ? ours.toString() : "kubectl");
        command.add("--kubeconfig=" + KUBECONFIG);
        command.add("--cache-dir=" + Path.of("target/kubectl").toAbsolutePath());
        command.addAll(arguments);
        return command;
    }

    private static String check(Run run) {
        assertThat(run.exitCode()).as(run.said()).isZero();
        return run.said();
    }

    private static Run run(String input, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("kubectl", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A program that does not read its input may have closed it.
        }
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            fail(command + " did not end: " + Files.readString(output));
        }
        String said = Files.readString(output);
        Files.delete(output);
        return new Run(process.exitValue(), said);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        cluster("delete", "clusterrole,clusterrolebinding", name, "--ignore-not-found");
        cluster("delete", "namespace", name, "--wait=false");
    }
}
