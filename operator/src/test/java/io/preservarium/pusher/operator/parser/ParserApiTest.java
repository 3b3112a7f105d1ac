package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.Settings;
import io.preservarium.pusher.operator.WithoutCluster;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApiClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(WithoutCluster.class)
class ParserApiTest {

    private static final Digest SHA = new Digest("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
    private static final ParserRef VALVE = new ParserRef("valve.py");
    private static final ParserOwner OWNER = new ParserOwner("garden", "valve");
    private static final String PROBLEM = "application/problem+json;charset=UTF-8";
    private static final String JSON = "application/json";

    private HttpServer server;
    private volatile String asked = "";
    private volatile String headers = "";
    private volatile String sent = "";
    private volatile int code = 200;
    private volatile String type = JSON;
    private volatile String body = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            headers = exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("X-Parser-Owner");
            sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(code, code == 204 ? -1 : bytes.length);
            if (code != 204) {
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theListSaysWhoOwnsWhat() throws InterruptedException {
        answers(200, JSON, """
                {"items":[
                 {"ref":"valve.py","sha256":"%s","layer":"topic","owner":"configmap:garden/valve","statuses":[{"instance":"coap-0","state":"live"}]},
                 {"ref":"shipped.py","sha256":"%s","layer":"shipped","statuses":[]},
                 {"ref":"pump.js","sha256":"%s","owner":"rest","statuses":[]}]}
                """.formatted(SHA, SHA, SHA));
        assertThat(api().list())
                .isEqualTo(new ParserApi.Listing.Scripts(Map.of(
                        VALVE,
                        new ParserApi.LiveScript("configmap:garden/valve", SHA),
                        new ParserRef("pump.js"),
                        new ParserApi.LiveScript("rest", SHA))));
        assertThat(asked).isEqualTo("GET /base/api/v1/parsers");
        assertThat(headers).isEqualTo("null null");
    }

    @Test
    void aListWithAnythingUnclearIsNoList() throws InterruptedException {
        for (String unclear : List.of(
                "",
                "not json",
                "[]",
                "{}",
                "{\"items\":[{}]}",
                "{\"items\":[{\"ref\":\"valve.py\",\"layer\":\"topic\",\"sha256\":\"" + SHA + "\"}]}",
                "{\"items\":[{\"ref\":\"valve.py\",\"sha256\":\"12\",\"owner\":\"rest\"}]}",
                "{\"items\":[{\"ref\":\"../x\",\"sha256\":\"" + SHA + "\",\"owner\":\"rest\"}]}")) {
            answers(200, JSON, unclear);
            assertThat(api().list()).as(unclear).isInstanceOf(ParserApi.Listing.Unavailable.class);
        }
        answers(503, PROBLEM, "{\"detail\":\"Kafka is away\"}");
        assertThat(api().list()).isEqualTo(new ParserApi.Listing.Unavailable("status 503: Kafka is away"));
        server.stop(0);
        assertThat(api().list()).isInstanceOf(ParserApi.Listing.Unavailable.class);
    }

    @Test
    void aScriptIsHandedOverInTheNameOfItsConfigMap() throws InterruptedException {
        answers(201, JSON, "{\"ref\":\"valve.py\",\"sha256\":\"" + SHA + "\",\"examples\":2,\"owner\":\"x\"}");
        assertThat(put()).isEqualTo(new ParserApi.PutResult.Live(SHA, 2));
        assertThat(asked).isEqualTo("PUT /base/api/v1/parsers/valve.py");
        assertThat(headers).isEqualTo("Bearer secret configmap:garden/valve");
        assertThat((Object) Resources.YAML.unmarshal(sent, Map.class))
                .isEqualTo(Map.of("source", "a\n\"b\"", "companions", Map.of("a.proto", "p"), "examples", "{}"));
        code = 200;
        assertThat(put()).isEqualTo(new ParserApi.PutResult.Live(SHA, 2));
    }

    @Test
    void theFirstFailingExampleIsTheMessage() throws InterruptedException {
        answers(422, PROBLEM, """
                {"detail":"2 of 3 examples failed","violations":[
                 {"field":"examples.seven","message":"expected bytes 07 but was bytes 08"},
                 {"field":"examples.eight","message":"expected bytes 08 but was bytes 07"}]}
                """);
        assertThat(put())
                .isEqualTo(new ParserApi.PutResult.Refused(
                        "examples.seven: expected bytes 07 but was bytes 08 (and 1 more)"));
        answers(413, PROBLEM, "{\"detail\":\"the body must be at most 262144 bytes\",\"violations\":[]}");
        assertThat(put()).isEqualTo(new ParserApi.PutResult.Refused("the body must be at most 262144 bytes"));
        answers(400, PROBLEM, "{\"violations\":[{\"field\":\"source\",\"message\":\"" + "x".repeat(5000) + "\"}]}");
        assertThat(put())
                .isInstanceOfSatisfying(ParserApi.PutResult.Refused.class, refused -> assertThat(refused.message())
                        .hasSizeLessThan(600));
    }

    @Test
    void anotherOwnerIsNamed() throws InterruptedException {
        answers(409, PROBLEM, "{\"detail\":\"parser script valve.py belongs to rest\"}");
        assertThat(put()).isEqualTo(new ParserApi.PutResult.Owned("parser script valve.py belongs to rest"));
        assertThat(delete()).isEqualTo(new ParserApi.DeleteResult.OfSomebodyElse());
    }

    @Test
    void whatPusherApiCannotSayNowComesLater() throws InterruptedException {
        answers(503, PROBLEM, "{\"detail\":\"no connector could check the script\"}");
        assertThat(put()).isEqualTo(new ParserApi.PutResult.Later("no connector could check the script"));
    }

    @Test
    void somethingOnTheWayDecidesNothing() throws InterruptedException {
        for (int other : List.of(302, 400, 404, 409, 413, 422, 502, 503)) {
            answers(other, "text/html", "<html>");
            assertThat(put()).as("%s", other).isInstanceOf(ParserApi.PutResult.Unavailable.class);
            assertThat(delete()).as("%s", other).isInstanceOf(ParserApi.DeleteResult.Unavailable.class);
        }
        answers(200, JSON, "{}");
        assertThat(put()).isInstanceOf(ParserApi.PutResult.Unavailable.class);
    }

    @Test
    void aWrongTokenIsSaidWithoutIt() throws InterruptedException {
        answers(403, PROBLEM, "{\"detail\":\"no\"}");
        assertThat(put())
                .isEqualTo(new ParserApi.PutResult.Unavailable(
                        "status 403: INTERNAL_TOKEN must be the one of pusher-api"));
        assertThat(delete()).isInstanceOf(ParserApi.DeleteResult.Unavailable.class);
    }

    @Test
    void whatIsGoneIsDone() throws InterruptedException {
        answers(204, JSON, "");
        assertThat(delete()).isEqualTo(new ParserApi.DeleteResult.Done());
        assertThat(asked).isEqualTo("DELETE /base/api/v1/parsers/valve.py");
        assertThat(headers).isEqualTo("Bearer secret configmap:garden/valve");
        answers(404, PROBLEM, "{}");
        assertThat(delete()).isEqualTo(new ParserApi.DeleteResult.Done());
        answers(503, PROBLEM, "{}");
        assertThat(delete()).isInstanceOf(ParserApi.DeleteResult.Unavailable.class);
    }

    private void answers(int status, String contentType, String text) {
        code = status;
        type = contentType;
        body = text;
    }

    private ParserApi.PutResult put() throws InterruptedException {
        return api().put(
                        new PublishedScript.Draft(VALVE, "a\n\"b\"", Map.of("a.proto", "p"), Optional.of("{}")), OWNER);
    }

    private ParserApi.DeleteResult delete() throws InterruptedException {
        return api().delete(VALVE, OWNER);
    }

    private ParserApi api() {
        OperatorConfig config = Settings.with(Map.of(
                "PUSHER_API_URL",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/base/",
                "INTERNAL_TOKEN",
                "secret"));
        return new ParserApi(config, new PusherApiClient(config));
    }
}
