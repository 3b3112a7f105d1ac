package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the other services of an installation, and those who run it, may rely on, of the connector as it is packaged. */
public abstract class PackageContract {

    private static final String DRAFT =
            "{\"ref\":\"x.js\",\"owner\":\"rest\",\"source\":\"function formatCommand() { return [7]; }\","
                    + "\"examples\":\"{\\\"examples\\\":[{\\\"name\\\":\\\"seven\\\",\\\"function\\\":\\\"format_command\\\","
                    + "\\\"command\\\":{},\\\"bytes\\\":\\\"07\\\"}]}\"}";
    private static final int LIMIT = 1 << 20;

    @TempDir
    protected Path folder;

    /** Settings of the protocol: free ports, nobody on the other side. */
    protected abstract Map<String, String> environment();

    protected PackagedConnector start(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(environment());
        environment.putAll(more);
        return new PackagedConnector(folder, environment);
    }

    @Test
    void whoShowsTheTokenLearnsWhetherAScriptMayGoLive() throws Exception {
        try (PackagedConnector connector = start(Map.of("INTERNAL_TOKEN", "secret"))) {
            HttpResponse<String> good = check(connector, "Bearer secret", DRAFT);
            assertThat(good.statusCode()).isEqualTo(200);
            assertThat(good.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
            assertThat(good.body()).contains("\"passed\":true", "\"examples\":1");
            assertThat(check(connector, "Bearer secret", DRAFT.replace("[7]", "[8]"))
                            .body())
                    .contains("\"passed\":false", "\"example\":\"seven\"", "bytes 08");
            assertThat(check(connector, "Bearer secret", "{}").body()).contains("\"passed\":false");
            assertThat(check(connector, "Bearer secret", "").body()).contains("\"passed\":false");

            isProblem(check(connector, "Bearer secret", " ".repeat(LIMIT + 1)), 413, String.valueOf(LIMIT));
            isProblem(check(connector, "Bearer secret", ofUnknownLength(DRAFT)), 411, "Content-Length");
            for (String wrong : new String[] {"Bearer other", "secret", "Basic c2VjcmV0", "Bearer secret2"}) {
                HttpResponse<String> refusal = check(connector, wrong, DRAFT);
                isProblem(refusal, 401, "INTERNAL_TOKEN");
                assertThat(refusal.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
            HttpResponse<String> nobody = connector.send(connector
                    .request("/internal/v1/parsers/check")
                    .POST(BodyPublishers.ofString(DRAFT))
                    .build());
            isProblem(nobody, 401, "INTERNAL_TOKEN");
            HttpResponse<String> wrongMethod = connector.send(connector
                    .request("/internal/v1/parsers/check")
                    .header("Authorization", "Bearer secret")
                    .GET()
                    .build());
            isProblem(wrongMethod, 405, "405");
            assertThat(connector.complaints()).noneMatch(line -> line.contains("PUSHER-302"));
        }
    }

    @Test
    void withoutATokenNobodyMayAskAndHealthDependsOnNothing() throws Exception {
        try (PackagedConnector connector = start(Map.of())) {
            isProblem(check(connector, "Bearer secret", DRAFT), 503, "INTERNAL_TOKEN is not set");
            isProblem(check(connector, "Bearer ", DRAFT), 503, "INTERNAL_TOKEN is not set");

            assertThat(connector.get("/q/health/live").replaceAll("\\s", ""))
                    .isEqualTo("{\"status\":\"UP\",\"checks\":[]}");
            assertThat(connector.get("/q/health/ready")).contains("\"DOWN\"", "\"waiting-for\"");
            assertThat(connector.get("/q/metrics")).contains("pusher_connector_ready{", "pusher_connector_open{");
        }
    }

    private static void isProblem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status, "\"title\":", detail);
    }

    private static HttpResponse<String> check(PackagedConnector connector, String authorization, String draft)
            throws IOException, InterruptedException {
        return check(connector, authorization, BodyPublishers.ofString(draft));
    }

    private static HttpResponse<String> check(PackagedConnector connector, String authorization, BodyPublisher draft)
            throws IOException, InterruptedException {
        return connector.send(connector
                .request("/internal/v1/parsers/check")
                .header("Authorization", authorization)
                .POST(draft)
                .build());
    }

    private static BodyPublisher ofUnknownLength(String text) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(text.getBytes()));
    }
}
