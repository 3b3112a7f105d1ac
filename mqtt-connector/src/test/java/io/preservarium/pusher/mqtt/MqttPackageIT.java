package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connector as it is packaged, in a process of its own, where neither Kafka nor at first a broker can be reached. */
class MqttPackageIT {

    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private int httpPort;
    private int mqttPort;

    @BeforeEach
    void start() throws IOException {
        httpPort = Broker.freePort();
        mqttPort = Broker.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
        builder.environment()
                .putAll(Map.of(
                        "HTTP_HOST", "127.0.0.1",
                        "HTTP_PORT", String.valueOf(httpPort),
                        "MQTT_HOST", "127.0.0.1",
                        "MQTT_PORT", String.valueOf(mqttPort),
                        "MQTT_RECONNECT_MAX", "500ms",
                        "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                        "INTERNAL_TOKEN", "secret",
                        "STATE_DIR", folder.resolve("state").toString()));
        process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    @Test
    void withoutBrokerAndKafkaItLivesAndSaysWhatItWaitsFor() throws Exception {
        await().atMost(START).until(() -> get("/q/health/live").contains("\"UP\""));

        assertThat(get("/q/health/ready"))
                .contains("\"DOWN\"")
                .contains("mqtt-connector")
                .contains("the broker 127.0.0.1:" + mqttPort);
        assertThat(get("/q/metrics")).contains("jvm_");

        try (Broker broker = new Broker(folder.resolve("broker"), mqttPort)) {
            await().atMost(START).until(() -> get("/q/health/ready").contains("Kafka"));
            assertThat(get("/q/health/ready")).contains("\"DOWN\"");
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(log())
                .contains("connected as mqtt-connector-0")
                .contains("MQTT connector stops")
                .doesNotContain("Topology");
        assertThat(log().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                .allMatch(line -> line.contains("Broker 127.0.0.1") || line.contains("Kafka"));
    }

    @Test
    void whoShowsTheTokenLearnsWhetherAScriptMayGoLive() throws Exception {
        await().atMost(START).until(() -> get("/q/health/live").contains("\"UP\""));
        String good = "{\"ref\":\"x.js\",\"source\":\"function formatCommand() { return [7]; }\",\"examples\":"
                + "\"{\\\"examples\\\":[{\\\"name\\\":\\\"seven\\\",\\\"function\\\":\\\"format_command\\\","
                + "\\\"command\\\":{},\\\"bytes\\\":\\\"07\\\"}]}\"}";
        assertThat(check("Bearer secret", good).body()).contains("\"passed\":true", "\"examples\":1");
        assertThat(check("Bearer secret", good.replace("[7]", "[8]")).body())
                .contains("\"passed\":false", "\"example\":\"seven\"", "bytes 08");
        assertThat(check("Bearer secret", "{}").body()).contains("\"passed\":false");
        assertThat(check("Bearer other", good).statusCode()).isEqualTo(401);
        assertThat(check("secret", good).statusCode()).isEqualTo(401);
        assertThat(check("Bearer secret", " ".repeat((1 << 20) + 1)).statusCode())
                .isEqualTo(413);
    }

    private HttpResponse<String> check(String authorization, String draft) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/internal/v1/parsers/check"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .header("Authorization", authorization)
                        .POST(HttpRequest.BodyPublishers.ofString(draft))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException notYet) {
            return "";
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }
}
