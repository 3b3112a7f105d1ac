package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The operator as built, in a process of its own, beside a running pusher, with the rights of its ServiceAccount. */
final class RunningOperator implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;

    private RunningOperator(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it and waits until it is ready. */
    static RunningOperator start(TestNamespace namespace, RunningPusher pusher)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("operator", ".out");
        int port = FreePorts.find().rest();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                Path.of("../operator/target/quarkus-app/quarkus-run.jar")
                        .toAbsolutePath()
                        .normalize()
                        .toString());
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("KUBECONFIG", namespace.operatorKubeconfig().toString()),
                        Map.entry("KAFKA_BOOTSTRAP_SERVERS", pusher.kafka()),
                        Map.entry("PUSHER_API_URL", "http://127.0.0.1:" + pusher.port(8000)),
                        Map.entry("INTERNAL_TOKEN", pusher.internalToken()),
                        Map.entry("HTTP_HOST", "127.0.0.1"),
                        Map.entry("HTTP_PORT", String.valueOf(port)),
                        Map.entry("WATCH_NAMESPACES", namespace.name()),
                        Map.entry("STATUS_GROUP", namespace.name()),
                        Map.entry("LEADER_ELECTION", "true"),
                        Map.entry("LEADER_ELECTION_LEASE", "pusher-operator"),
                        Map.entry("LEADER_ELECTION_NAMESPACE", namespace.name())));
        RunningOperator operator = new RunningOperator(
                builder.redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                .build();
        await().atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    if (!operator.process.isAlive()) {
                        return true;
                    }
                    return http.send(ready, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200;
                });
        assertThat(operator.process.isAlive()).as(operator::said).isTrue();
        return operator;
    }

    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM, as Kubernetes stops it. */
    int stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(this::said).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
