package io.preservarium.pusher.benchmarks.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The pusher with everything it needs, as {@code ./dev up} starts it: by us, or by somebody before. */
public final class Pusher implements AutoCloseable {

    /** The services, by the names of their process id files. */
    public static final String API = "pusher-api";

    public static final String COAP = "coap-connector";
    public static final String MQTT = "mqtt-connector";

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration START = Duration.ofMinutes(10);
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;
    private static final Pattern READY = Pattern.compile("^ready in \\d", Pattern.MULTILINE);

    private final Path data;
    private final int offset;
    private final Optional<Process> process;
    private final long brokers;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Pusher(Path data, int offset, Optional<Process> process, long brokers) {
        this.data = data;
        this.offset = offset;
        this.process = process;
        this.brokers = brokers;
    }

    /** Starts it on an emptied data folder and returns when it says that it is ready. */
    public static Pusher start(
            Path root, Path data, int offset, List<String> javaOptions, Map<String, String> environment)
            throws IOException, InterruptedException {
        Files.createDirectories(data);
        Path said = data.resolveSibling(data.getFileName() + ".out");
        List<String> command = new ArrayList<>(List.of(
                root.resolve("dev").toString(),
                "up",
                "--fresh",
                "--data",
                data.toString(),
                "--port-offset",
                Integer.toString(offset)));
        javaOptions.forEach(option -> command.addAll(List.of("--java-option", option)));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        // ./dev replaces itself with the JVM, so the process id stays.
        Pusher pusher = new Pusher(data, offset, Optional.of(process), process.pid());
        try {
            pusher.awaitReady(process, said);
        } catch (IOException | InterruptedException e) {
            pusher.close();
            throw e;
        }
        return pusher;
    }

    /** One that runs already, started with these options. */
    public static Pusher running(Path data, int offset) throws IOException {
        Path lock = data.resolve("lock");
        if (!Files.exists(lock)) {
            throw new IOException("no pusher runs on the data folder " + data);
        }
        return new Pusher(
                data,
                offset,
                Optional.empty(),
                Long.parseLong(Files.readString(lock).strip()));
    }

    private void awaitReady(Process process, Path said) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!READY.matcher(Files.readString(said)).find()) {
            if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                throw new IOException("./dev up did not become ready:\n" + Files.readString(said));
            }
        }
    }

    public String kafka() {
        return LOOPBACK + ":" + (9092 + offset);
    }

    public InetSocketAddress rest() {
        return new InetSocketAddress(LOOPBACK, 8000 + offset);
    }

    public InetSocketAddress coap() {
        return new InetSocketAddress(LOOPBACK, 5683 + offset);
    }

    public InetSocketAddress mqtt() {
        return new InetSocketAddress(LOOPBACK, 1883 + offset);
    }

    /** Where that service shows its health and metrics. */
    private URI http(String service, String path) {
        int port =
                switch (service) {
                    case API -> 8000;
                    case COAP -> 8081;
                    case MQTT -> 8082;
                    default -> throw new IllegalArgumentException(service + " is not a service");
                };
        return URI.create("http://" + LOOPBACK + ":" + (port + offset) + path);
    }

    /** Every process of the pusher by name; Kafka and the MQTT broker share one. */
    public Map<String, Long> processes() throws IOException {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("brokers", brokers);
        for (String service : List.of(API, COAP, MQTT)) {
            processes.put(service, pid(service));
        }
        return processes;
    }

    public long pid(String service) throws IOException {
        return Long.parseLong(
                Files.readString(data.resolve("run").resolve(service + ".pid")).strip());
    }

    /** Sends a signal such as STOP, CONT, TERM or KILL. */
    public void signal(String service, String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid(service)))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException(service + " could not be sent " + signal);
        }
    }

    /** When the launcher has started another process in the place of that one. */
    public void awaitOtherThan(String service, long pid, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (pid(service) == pid) {
            if (System.nanoTime() > deadline) {
                throw new IOException(service + " was not started again in " + atMost.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    public boolean isReady(String service) throws InterruptedException {
        try {
            return get(service, "/q/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The heap in use, garbage included, as the service itself says; empty when it does not answer. */
    public Optional<Long> heapMegabytes(String service) throws InterruptedException {
        try {
            double bytes = get(service, "/q/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
            return Optional.of(Math.round(bytes / (1 << 20)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpResponse<String> get(String service, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(http(service, path))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Stops what {@link #start} has started. */
    @Override
    public void close() throws InterruptedException {
        if (process.isPresent()) {
            Process launcher = process.get();
            launcher.destroy();
            if (!launcher.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                launcher.descendants().forEach(ProcessHandle::destroyForcibly);
                launcher.destroyForcibly().waitFor();
            }
        }
    }
}
