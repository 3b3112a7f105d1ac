package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/** The launcher in a process of its own, with the services as built: what {@code ./dev up} starts. */
final class RunningPusher implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(4);
    private static RunningPusher shared;

    private final Path data;
    private final int offset;
    private final Process process;
    private final Path output;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningPusher(Path data, Path scripts, int offset) throws IOException {
        this.data = data;
        this.offset = offset;
        this.output = data.resolveSibling(data.getFileName() + ".out");
        Path module = Path.of("").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                module.resolve("target/standalone.jar") + ":" + module.resolve("target/lib") + "/*",
                "io.preservarium.pusher.standalone.Standalone",
                "up",
                "--root",
                module.getParent().toString(),
                "--data",
                data.toString(),
                "--scripts",
                scripts.toString(),
                "--port-offset",
                String.valueOf(offset));
        // Short enough for a test, long enough for a busy machine.
        builder.environment().putAll(Map.of("ATTEMPT_LEASE", "5s", "PARSER_WAIT", "4s"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await().atMost(START).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThat(process.isAlive()).as(this::said).isTrue();
            return said().contains("ready in ");
        });
    }

    /** One for all test classes of this run; stopped when the JVM ends. */
    static synchronized RunningPusher shared() throws IOException {
        if (shared == null) {
            Path folder = Files.createTempDirectory("pusher-it");
            shared = start(folder.resolve("data"), writeScripts(folder.resolve("scripts")), 20_000);
            RunningPusher pusher = shared;
            Runtime.getRuntime().addShutdownHook(new Thread(pusher::close));
        }
        return shared;
    }

    static RunningPusher start(Path data, Path scripts, int offset) throws IOException {
        return new RunningPusher(data, scripts, offset);
    }

    /** Scripts for the tests, over the shipped ones. */
    static Path writeScripts(Path folder) throws IOException {
        Files.createDirectories(folder);
        script(
                folder,
                "number.py",
                "def format_command(command, config):\n    return str(command['payload']['n']).encode()\n");
        script(folder, "raises.py", "def format_command(command, config):\n    raise ValueError('no such valve')\n");
        script(folder, "nothing.py", "def format_command(command, config):\n    return None\n");
        script(folder, "loops.py", "def format_command(command, config):\n    while True:\n        pass\n");
        script(folder, "other.js", "function formatCommand(command) { return [0xca, 0xfe, command.payload.n]; }\n");
        return folder;
    }

    private static void script(Path folder, String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port(int usual) {
        return usual + offset;
    }

    String kafka() {
        return "127.0.0.1:" + port(9092);
    }

    String internalToken() throws IOException {
        return Files.readString(data.resolve("internal-token")).strip();
    }

    // --- a device ---------------------------------------------------------------------------------------------------

    /** What libcoap's client is answered on a confirmable POST of this payload. */
    byte[] uplink(String path, byte[] payload) throws IOException, InterruptedException {
        Path request = Files.createTempFile("uplink", ".bin");
        Path answer = Files.createTempFile("answer", ".bin");
        Files.write(request, payload);
        String said = ForeignClient.COAP_CLIENT.run(
                new byte[0],
                "-v",
                "6",
                "-B",
                "20",
                "-m",
                "post",
                "-f",
                request.toString(),
                "-o",
                answer.toString(),
                "coap://127.0.0.1:" + port(5683) + path);
        assertThat(said).contains("c:2.01");
        byte[] bytes = Files.readAllBytes(answer);
        Files.delete(request);
        Files.delete(answer);
        return bytes;
    }

    /** A device that sends nothing but polls. */
    CoapClient device(String name) {
        CoapConfig.register();
        UdpConfig.register();
        return new CoapClient("coap://127.0.0.1:" + port(5683) + "/devices/" + name + "/up").setTimeout(20_000L);
    }

    /** The next command of the device; asks again while the one before is being settled. */
    String next(String name) {
        CoapClient client = device(name);
        try {
            String[] got = new String[1];
            await().atMost(Duration.ofSeconds(40))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        CoapResponse response = client.post(new byte[0], MediaTypeRegistry.UNDEFINED);
                        if (response == null || response.getPayloadSize() == 0) {
                            return false;
                        }
                        got[0] = new String(response.getPayload(), StandardCharsets.UTF_8);
                        return true;
                    });
            return got[0];
        } finally {
            client.shutdown();
        }
    }

    // --- REST -------------------------------------------------------------------------------------------------------

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path, String contentType, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", contentType)
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).DELETE().build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Accepts the command and gives its id. */
    String accept(String command) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/api/v1/commands", command);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response.body()).get("request_id").asText();
    }

    JsonNode status(String requestId) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri("/api/v1/commands/" + requestId + "/status"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response.body());
    }

    JsonNode awaitState(String requestId, String state) {
        return awaitState(requestId, state, Duration.ofSeconds(30));
    }

    JsonNode awaitState(String requestId, String state, Duration limit) {
        JsonNode[] found = new JsonNode[1];
        await().atMost(limit).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            found[0] = status(requestId);
            assertThat(found[0].get("state").asText()).as(found[0].toString()).isEqualTo(state);
        });
        return found[0];
    }

    static List<String> history(JsonNode status) {
        List<String> states = new ArrayList<>();
        status.get("history").forEach(event -> states.add(event.get("state").asText()));
        return states;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port(8000) + path);
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    // --- Kafka ------------------------------------------------------------------------------------------------------

    List<StatusEvent> events() {
        return records(Topics.STATUS).stream()
                .flatMap(record -> StatusJson.read(record.value()).ifValid().stream())
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    // --- processes --------------------------------------------------------------------------------------------------

    long pid(String service) throws IOException {
        return Long.parseLong(
                Files.readString(data.resolve("run").resolve(service + ".pid")).strip());
    }

    void kill(String service) throws IOException {
        ProcessHandle handle = ProcessHandle.of(pid(service)).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
    }

    /** Both at once, with -9; then both are ready again. */
    void killConnectors() throws IOException {
        long coap = pid("coap-connector");
        long mqtt = pid("mqtt-connector");
        kill("coap-connector");
        kill("mqtt-connector");
        awaitAgain("coap-connector", 8081, coap);
        awaitAgain("mqtt-connector", 8082, mqtt);
    }

    /** Waits until the launcher has started another process for it and that one is ready. */
    void awaitAgain(String service, int usualPort, long before) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> pid(service) != before
                        && http.send(
                                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(usualPort)
                                                                + "/q/health/ready"))
                                                        .build(),
                                                HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200);
    }

    /** Kafka and the MQTT broker answer nobody until {@link #thaw()}; the services run on. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
