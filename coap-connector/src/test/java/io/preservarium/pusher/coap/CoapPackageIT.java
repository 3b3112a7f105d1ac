package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connector as it is packaged, in a process of its own, where Kafka cannot be reached. */
class CoapPackageIT {

    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private int httpPort;
    private int coapPort;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket freeUdp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            httpPort = free.getLocalPort();
            coapPort = freeUdp.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
        builder.environment()
                .putAll(Map.of(
                        "HTTP_HOST", "127.0.0.1",
                        "HTTP_PORT", String.valueOf(httpPort),
                        "COAP_HOST", "127.0.0.1",
                        "COAP_PORT", String.valueOf(coapPort),
                        "COAP_CRITICAL_CUSTOM_OPTIONS", "40001,40003",
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
    void withoutKafkaItLivesAndTellsTheTimeAndIsNotReady() throws Exception {
        await().atMost(START).until(() -> get("/q/health/live").contains("\"UP\""));

        assertThat(get("/q/health/ready"))
                .contains("\"DOWN\"")
                .contains("coap-connector")
                .contains("Kafka");
        assertThat(get("/q/metrics")).contains("jvm_");
        try (RawDevice device = new RawDevice(new InetSocketAddress("127.0.0.1", coapPort))) {
            device.send(RawDevice.request(Type.CON, Code.GET, 1, "/t", ""));
            assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CONTENT);
            device.send(RawDevice.request(Type.CON, Code.POST, 2, "/devices/a/b", "x"));
            assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        }

        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(log())
                .contains("identity=claimed")
                .contains("CoAP connector stops")
                .doesNotContain("Topology");
        assertThat(log().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                .allMatch(line -> line.contains("claimed") || line.contains("Kafka"));
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
