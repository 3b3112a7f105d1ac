package io.preservarium.pusher.api.parsers;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.preservarium.pusher.api.TestKafka;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.command.wire.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(value = WithConnector.class, restrictToAnnotatedClass = true)
class ParserApiTest {

    private static final String PARSERS = "/api/v1/parsers";
    private static final String PROBLEM = "application/problem+json";
    private static final String CONFIG_MAP = "configmap:plant/valves";

    private TestKafka kafka;
    private FakeConnector connector;

    @BeforeEach
    void ready() {
        connector.away(false);
        await().atMost(Duration.ofSeconds(20)).until(() -> given().get(PARSERS).statusCode() == 200);
    }

    @Test
    void aScriptThatPassedIsOnTheTopicAndIsReadBackAtOnce() {
        String path = path();
        put(path, "v = 1")
                .statusCode(201)
                .header("ETag", tag("v = 1"))
                .body("ref", equalTo(ref(path)))
                .body("sha256", equalTo(sha("v = 1")))
                .body("examples", equalTo(0))
                .body("owner", equalTo("rest"));
        given().get(path)
                .then()
                .statusCode(200)
                .header("ETag", tag("v = 1"))
                .body("source", equalTo("v = 1"))
                .body("language", equalTo("python"))
                .body("layer", equalTo("topic"))
                .body("previous_sha256", nullValue());
        given().header("If-None-Match", tag("v = 1")).get(path).then().statusCode(304);
        given().get(PARSERS).then().statusCode(200).body("items.ref", hasItem(ref(path)));
        assertThat(published(ref(path))).hasValueSatisfying(script -> {
            assertThat(script.source()).isEqualTo("v = 1");
            assertThat(script.owner()).isEqualTo("rest");
        });
    }

    @Test
    void aChangeKeepsTheVersionBeforeAndTheSameAgainWritesNothing() {
        String path = path();
        put(path, "v = 1").statusCode(201);
        put(path, "v = 2").statusCode(200).header("ETag", tag("v = 2"));
        given().get(path).then().body("sha256", equalTo(sha("v = 2"))).body("previous_sha256", equalTo(sha("v = 1")));
        assertThat(published(ref(path) + "@previous").orElseThrow().source()).isEqualTo("v = 1");
        int records = kafka.records(Topics.PARSER_SCRIPTS, ref(path)).size();
        put(path, "v = 2").statusCode(200).body("sha256", equalTo(sha("v = 2")));
        assertThat(kafka.records(Topics.PARSER_SCRIPTS, ref(path))).hasSize(records);
    }

    @Test
    void jsonBringsCompanionsAndExamples() {
        String path = path();
        body("application/json", """
                {"source": "v = 1", "companions": {"a.proto": "syntax"}, "examples": {"examples": []}}""").put(path).then().statusCode(201).body("examples", equalTo(2));
        given().get(path)
                .then()
                .body("companions.'a.proto'", equalTo("syntax"))
                .body("examples", equalTo("{\"examples\":[]}"));
    }

    @Test
    void aRefusedScriptChangesNothingAndItsFailingExampleIsNamed() {
        String path = path();
        put(path, "v = 1").statusCode(201);
        put(path, "wrong = 1")
                .statusCode(422)
                .contentType(PROBLEM)
                .body("type", equalTo("ParserRefused"))
                .body("violations[0].field", equalTo("examples.open"))
                .body("violations[0].message", equalTo("expected bytes 01 but was bytes 02"));
        put(path, "broken = 1")
                .statusCode(422)
                .body("violations[0].field", equalTo("source"))
                .body("detail", containsString("line 1"));
        given().get(path).then().header("ETag", tag("v = 1"));
    }

    @Test
    void withoutAConnectorNothingIsTaken() {
        connector.away(true);
        String path = path();
        put(path, "v = 1")
                .statusCode(503)
                .contentType(PROBLEM)
                .header("Retry-After", "1")
                .body("detail", containsString(connector.url() + ": it answered 503"));
        given().get(path).then().statusCode(404).body("type", equalTo("ParserNotFound"));
    }

    @Test
    void conditionsAreKept() {
        String path = path();
        python("v = 1").header("If-Match", "*").put(path).then().statusCode(412).contentType(PROBLEM);
        python("v = 1").header("If-None-Match", "*").put(path).then().statusCode(201);
        python("v = 2").header("If-None-Match", "*").put(path).then().statusCode(412);
        python("v = 2").header("If-Match", tag("v = 0")).put(path).then().statusCode(412);
        python("v = 2").header("If-Match", tag("v = 1")).put(path).then().statusCode(200);
        given().header("If-Match", tag("v = 1")).delete(path).then().statusCode(412);
        given().header("If-Match", tag("v = 2")).delete(path).then().statusCode(204);
    }

    @Test
    void aRemovedScriptIsGoneWithItsHistory() {
        String path = path();
        given().delete(path).then().statusCode(404);
        put(path, "v = 1").statusCode(201);
        put(path, "v = 2").statusCode(200);
        given().delete(path).then().statusCode(204);
        given().get(path).then().statusCode(404);
        assertThat(kafka.records(Topics.PARSER_SCRIPTS, ref(path)).getLast().value())
                .isNull();
        assertThat(kafka.records(Topics.PARSER_SCRIPTS, ref(path) + "@previous")
                        .getLast()
                        .value())
                .isNull();
        put(path, "v = 3").statusCode(201);
        given().get(path).then().body("previous_sha256", nullValue());
    }

    @Test
    void onlyTheOwnerMayChangeIt() {
        String path = path();
        owned("v = 1", FakeConnector.TOKEN, CONFIG_MAP)
                .put(path)
                .then()
                .statusCode(201)
                .body("owner", equalTo(CONFIG_MAP));
        put(path, "v = 2").statusCode(409).contentType(PROBLEM).body("detail", containsString(CONFIG_MAP));
        given().delete(path).then().statusCode(409);
        owned("v = 2", FakeConnector.TOKEN, "configmap:other/valves")
                .put(path)
                .then()
                .statusCode(409);
        owned("v = 2", "guessed", CONFIG_MAP)
                .put(path)
                .then()
                .statusCode(403)
                .contentType(PROBLEM)
                .body("detail", containsString("INTERNAL_TOKEN"));
        python("v = 2").header("X-Parser-Owner", CONFIG_MAP).put(path).then().statusCode(403);
        owned("v = 2", FakeConnector.TOKEN, "rest").put(path).then().statusCode(400);
        given().header("X-Parser-Owner", CONFIG_MAP)
                .header("Authorization", "Bearer " + FakeConnector.TOKEN)
                .delete(path)
                .then()
                .statusCode(204);
    }

    @Test
    void whatTheConnectorsMadeOfItIsShown() {
        String path = path();
        put(path, "v = 1").statusCode(201);
        ScriptStatus status = new ScriptStatus(
                new ParserRef(ref(path)),
                "coap-connector-0",
                ScriptStatus.State.REFUSED,
                Optional.of(FakeConnector.digest("v = 1")),
                new TreeMap<>(),
                Optional.of("too long here"),
                Instant.parse("2026-11-21T01:52:03Z"));
        kafka.send(Topics.PARSER_SCRIPT_STATUS, ref(path) + "|coap-connector-0", ScriptJson.write(status));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> given().get(path)
                .then()
                .body("statuses[0].instance", equalTo("coap-connector-0"))
                .body("statuses[0].state", equalTo("refused"))
                .body("statuses[0].message", equalTo("too long here")));
    }

    @Test
    void aScriptInFilesIsListedAndIsShadowedByOneOnTheTopic() {
        String path = path();
        ScriptStatus status = new ScriptStatus(
                new ParserRef(ref(path)),
                "coap-connector-0",
                ScriptStatus.State.LIVE,
                Optional.of(FakeConnector.digest("v = 2")),
                new TreeMap<>(Map.of(
                        ParserLayer.SHIPPED, FakeConnector.digest("v = 1"),
                        ParserLayer.DIRECTORY, FakeConnector.digest("v = 2"))),
                Optional.empty(),
                Instant.parse("2026-11-21T01:52:03Z"));
        kafka.send(Topics.PARSER_SCRIPT_STATUS, ref(path) + "|coap-connector-0", ScriptJson.write(status));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> given().get(path)
                .then()
                .statusCode(200)
                .header("ETag", nullValue())
                .body("layer", equalTo("directory"))
                .body("sha256", equalTo(sha("v = 2")))
                .body("owner", nullValue())
                .body("shadows.layer", equalTo(List.of("shipped")))
                .body("shadows.sha256", equalTo(List.of(sha("v = 1"))))
                .body("statuses[0].instance", equalTo("coap-connector-0")));
        given().get(PARSERS).then().body("items.find { it.ref == '" + ref(path) + "' }.layer", equalTo("directory"));
        given().delete(path).then().statusCode(404);

        python("v = 3").header("If-None-Match", "*").put(path).then().statusCode(201);
        given().get(path)
                .then()
                .body("layer", equalTo("topic"))
                .body("sha256", equalTo(sha("v = 3")))
                .body("shadows.layer", equalTo(List.of("directory", "shipped")));
        given().delete(path).then().statusCode(204);
        given().get(path).then().statusCode(200).body("layer", equalTo("directory"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no_ending        | text/x-python    | v = 1             | 400 | ref",
                "x.js             | text/x-python    | v = 1             | 400 | Content-Type",
                "x.py             | text/javascript  | v = 1             | 400 | Content-Type",
                "x.py             | application/json | {\"path\":\"\"}   | 400 | source",
                "x.py             | application/json | {                 | 400 | JSON",
                "x.py             | text/plain       | v = 1             | 415 | text/plain"
            })
    void whatIsNoScriptIsRefusedWithItsReason(String name, String type, String body, int status, String named) {
        body(type, body)
                .put(PARSERS + "/" + name)
                .then()
                .statusCode(status)
                .contentType(PROBLEM)
                .body("detail", containsString(named));
    }

    @Test
    void whatIsTooLongIsRefused() {
        put(path(), "#".repeat((256 << 10) + 1)).statusCode(413).body("detail", containsString("262144"));
        put(path(), "#".repeat((1 << 20) + 1)).statusCode(413);
        put(path(), "#".repeat(256 << 10)).statusCode(201);
    }

    private Optional<PublishedScript> published(String key) {
        List<ConsumerRecord<byte[], byte[]>> records = kafka.records(Topics.PARSER_SCRIPTS, key);
        return ScriptJson.readPublished(records.getLast().value());
    }

    private static String path() {
        return PARSERS + "/valve-" + UUID.randomUUID() + ".py";
    }

    private static String ref(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String sha(String source) {
        return FakeConnector.digest(source).hex();
    }

    private static String tag(String source) {
        return '"' + sha(source) + '"';
    }

    private static ValidatableResponse put(String path, String source) {
        return python(source).put(path).then();
    }

    private static RequestSpecification owned(String source, String token, String owner) {
        return python(source).header("X-Parser-Owner", owner).header("Authorization", "Bearer " + token);
    }

    private static RequestSpecification python(String source) {
        return body("text/x-python", source);
    }

    /** The type as it is, without a charset added. */
    private static RequestSpecification body(String type, String body) {
        return given().config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                                .encodeContentTypeAs(type, io.restassured.http.ContentType.TEXT)))
                .contentType(type)
                .body(body.getBytes(StandardCharsets.UTF_8));
    }
}
