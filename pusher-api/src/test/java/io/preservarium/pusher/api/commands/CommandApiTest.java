package io.preservarium.pusher.api.commands;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.preservarium.pusher.api.TestKafka;
import io.preservarium.pusher.api.WithKafka;
import io.preservarium.pusher.api.status.RequestIds;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.Topics;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(value = WithKafka.class, restrictToAnnotatedClass = true)
class CommandApiTest {

    private static final String COMMANDS = "/api/v1/commands";
    private static final String BATCH = COMMANDS + "/batch";
    private static final String PROBLEM = "application/problem+json";

    private TestKafka kafka;

    @TestHTTPResource
    private URI address;

    @BeforeEach
    void readyWithinSeconds() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> given().get("/health").statusCode() == 200);
    }

    @Test
    void anAcceptedCommandIsInKafkaWithItsHeaders() {
        String device = device();
        ValidatableResponse response = json(command(device, ""))
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .header("ce-id", "event-1")
                .post(COMMANDS)
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("success", equalTo(true))
                .body("message", equalTo("Command accepted"))
                .body("keySet()", hasSize(4));
        String id = response.extract().path("request_id");
        assertThat(RequestIds.deviceHash(new RequestId(id))).hasValue(HomePartitions.hash(new DeviceId(device)));
        response.header("Location", COMMANDS + "/" + id + "/status?device_id=" + device);

        ConsumerRecord<byte[], byte[]> record =
                kafka.records(Topics.COMMANDS, device).getFirst();
        assertThat(record.partition()).isEqualTo(new HomePartitions(TestKafka.PARTITIONS).of(new DeviceId(device)));
        assertThat(Instant.ofEpochMilli(record.timestamp()))
                .isEqualTo(Instant.parse(response.extract().path("timestamp")));
        assertThat(TestKafka.headers(record))
                .containsEntry("request_id", id)
                .containsEntry("protocol", "coap")
                .containsEntry("origin", "rest")
                .containsEntry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .containsEntry("ce_id", "event-1");
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
                .contains("\"big\":9223372036854775807")
                .contains("\"request_id\":\"" + id + "\"");
    }

    @Test
    void theStatusIsNeverUnknownRightAfterTheAcceptance() {
        for (int i = 0; i < 50; i++) {
            String id = accepted(command(device(), ""));
            given().get(status(id)).then().statusCode(200).body("state", equalTo("accepted"));
        }
    }

    @Test
    void anIdOfTheCallersOwnIsFoundWithAndWithoutItsDevice() {
        String device = device();
        String id = "order:" + UUID.randomUUID();
        accepted(command(device, "\"request_id\":\"" + id + "\","));
        given().get(status(id)).then().statusCode(200).body("device_id", equalTo(device));
        given().queryParam("device_id", device).get(status(id)).then().statusCode(200);
        given().queryParam("device_id", device()).get(status(id)).then().statusCode(404);
    }

    @Test
    void oneIdOnTwoDevicesIsTwoCommands() {
        String id = "fleet-" + UUID.randomUUID();
        String one = device();
        accepted(command(one, "\"request_id\":\"" + id + "\","));
        accepted(command(device(), "\"request_id\":\"" + id + "\","));
        await().untilAsserted(() -> given().get(status(id))
                .then()
                .statusCode(409)
                .contentType(PROBLEM)
                .body("detail", containsString("device_id")));
        given().queryParam("device_id", one).get(status(id)).then().statusCode(200);
    }

    @Test
    void anUnknownCommandIs404AndAnImpossibleIdIs400() {
        given().get(status("nobody"))
                .then()
                .statusCode(404)
                .contentType(PROBLEM)
                .body("type", equalTo("CommandNotFound"))
                .body("request_id", equalTo("nobody"));
        given().get(status("no body")).then().statusCode(400).body("violations.field", hasItem("request_id"));
        given().queryParam("device_id", "d".repeat(257))
                .get(status("x"))
                .then()
                .statusCode(400)
                .body("violations.field", hasItem("device_id"));
    }

    @Test
    void evidenceShowsInTheStatus() {
        String device = device();
        String id = accepted(command(device, ""));
        send(event(id, device, CommandState.QUEUED, 0, false));
        send(event(id, device, CommandState.SENDING, 1, false));
        send(event(id, device, CommandState.SENT, 1, true));
        await().untilAsserted(() -> given().get(status(id))
                .then()
                .body("state", equalTo("sent"))
                .body("final", equalTo(true))
                .body("attempts", equalTo(1))
                .body("bytes.length", equalTo(3))
                .body("delivery.path", equalTo("/m"))
                .body("history.state", equalTo(List.of("accepted", "queued", "sending", "sent")))
                .body("history[0].source", equalTo("rest"))
                .body("history[3].late", equalTo(false)));
        given().delete(COMMANDS + "/" + id)
                .then()
                .statusCode(409)
                .contentType(PROBLEM)
                .body("type", equalTo("CommandConflict"));
    }

    @Test
    void aCancellationIsARequestToTheConnector() {
        String device = device();
        String id = accepted(command(device, ""));
        given().queryParam("device_id", device)
                .delete(COMMANDS + "/" + id)
                .then()
                .statusCode(202)
                .body("success", equalTo(true))
                .body("request_id", equalTo(id));
        ConsumerRecord<byte[], byte[]> record =
                kafka.records(Topics.CANCELLATIONS, device).getFirst();
        assertThat(CancellationJson.read(record.value(), Instant.EPOCH)
                        .ifValid()
                        .orElseThrow()
                        .requestId()
                        .value())
                .isEqualTo(id);
        given().get(status(id)).then().body("state", equalTo("accepted"));
        given().delete(COMMANDS + "/nobody").then().statusCode(404);
    }

    @Test
    void theSameKeyMakesOneCommandAndMarksTheRepetition() {
        String device = device();
        String key = "key " + UUID.randomUUID();
        ValidatableResponse first = json(command(device, ""))
                .header("Idempotency-Key", key)
                .post(COMMANDS)
                .then()
                .statusCode(200)
                .header("Idempotent-Replayed", nullValue());
        String id = first.extract().path("request_id");
        assertThat(UUID.fromString(id).version()).isEqualTo(5);
        json(command(device, ""))
                .header("Idempotency-Key", key)
                .post(COMMANDS)
                .then()
                .statusCode(200)
                .header("Idempotent-Replayed", "true")
                .body("request_id", equalTo(id))
                .body("timestamp", equalTo(first.extract().path("timestamp")));
        json(command(device, "").replace("reboot", "update"))
                .header("Idempotency-Key", key)
                .post(COMMANDS)
                .then()
                .statusCode(409)
                .contentType(PROBLEM)
                .body("type", equalTo("CommandConflict"))
                .body("request_id", equalTo(id));
        assertThat(kafka.records(Topics.COMMANDS, device)).hasSize(1);
        json(command(device(), ""))
                .header("Idempotency-Key", key)
                .post(COMMANDS)
                .then()
                .statusCode(409);
        json(command(device, "\"request_id\":\"x\","))
                .header("Idempotency-Key", key)
                .post(COMMANDS)
                .then()
                .statusCode(400);
        json(command(device, ""))
                .header("Idempotency-Key", "k".repeat(256))
                .post(COMMANDS)
                .then()
                .statusCode(400);
    }

    @Test
    void manyAtOnceWithOneIdMakeOneRecord() {
        String device = device();
        String body = command(device, "\"request_id\":\"race-" + UUID.randomUUID() + "\",");
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> json(body).post(COMMANDS).statusCode()))
                .toList();
        assertThat(answers).allMatch(answer -> answer.join() == 200);
        assertThat(kafka.records(Topics.COMMANDS, device)).hasSize(1);
    }

    @Test
    void theViewStillKnowsTheCommandWhenTheDoorForgot() {
        // A record that never came through this door.
        String device = device();
        String body = command(device, "\"request_id\":\"k8s-1\",");
        kafka.send(Topics.COMMANDS, device, body.getBytes(StandardCharsets.UTF_8));
        given().queryParam("device_id", device).get(status("k8s-1")).then().statusCode(200);
        json(body).post(COMMANDS).then().statusCode(200).header("Idempotent-Replayed", "true");
        json(body.replace("reboot", "update")).post(COMMANDS).then().statusCode(409);
        json(command(device, "\"expires_at\":\"" + Instant.now().plusSeconds(999) + "\",\"request_id\":\"k8s-1\","))
                .post(COMMANDS)
                .then()
                .statusCode(409);
        assertThat(kafka.records(Topics.COMMANDS, device)).hasSize(1);
    }

    @Test
    void aBadItemFailsAlone() {
        String first = device();
        String body = "{\"commands\":[" + command(first, "") + ","
                + command(device(), "").replace("coap", "lora") + ","
                + command(device(), "\"request_id\":\"b-" + first + "\",") + ",7]}";
        json(body)
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("total_commands", equalTo(4))
                .body("successful", equalTo(2))
                .body("failed", equalTo(2))
                .body("results[0].success", equalTo(true))
                .body("results[1].success", equalTo(false))
                .body("results[1].error", equalTo("CommandValidationError"))
                .body("results[1].violations.field", hasItem("protocol"))
                .body("results[2].request_id", equalTo("b-" + first))
                .body("results[3].success", equalTo(false))
                .body("results[3].request_id", nullValue());
        assertThat(kafka.records(Topics.COMMANDS, first)).hasSize(1);
    }

    @Test
    void aBatchOfNothingButBadItemsIsAnAnswer() {
        json("{\"commands\":[{},{}]}")
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("successful", equalTo(0))
                .body("failed", equalTo(2));
    }

    @Test
    void theSameCommandTwiceInABatchIsOne() {
        String device = device();
        String one = command(device, "\"request_id\":\"twice\",");
        json("{\"commands\":[" + one + "," + one + "," + one.replace("reboot", "update") + "]}")
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("successful", equalTo(2))
                .body("results[1].message", equalTo("The same command as item 0 of this batch"))
                .body("results[2].error", equalTo("CommandConflict"));
        assertThat(kafka.records(Topics.COMMANDS, device)).hasSize(1);
    }

    @Test
    void aRepeatedBatchWithAKeyMakesNoSecondCommand() {
        String device = device();
        String body = "{\"commands\":[" + command(device, "") + ","
                + command(device, "").replace("reboot", "update") + "]}";
        String key = UUID.randomUUID().toString();
        List<String> ids = json(body)
                .header("Idempotency-Key", key)
                .post(BATCH)
                .then()
                .statusCode(200)
                .extract()
                .path("results.request_id");
        json(body)
                .header("Idempotency-Key", key)
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("successful", equalTo(2))
                .body("results.request_id", equalTo(ids));
        assertThat(kafka.records(Topics.COMMANDS, device)).hasSize(2);
    }

    @Test
    void tenThousandCommandsGoInAtOnce() {
        String fleet = UUID.randomUUID().toString();
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            items.add(command(fleet + "-" + i, ""));
        }
        List<String> ids = json("{\"commands\":[" + String.join(",", items) + "]}")
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("successful", equalTo(10_000))
                .extract()
                .path("results.request_id");
        assertThat(ids).doesNotHaveDuplicates();
        given().get(status(ids.getLast())).then().statusCode(200).body("device_id", equalTo(fleet + "-9999"));
        items.add("{}");
        json("{\"commands\":[" + String.join(",", items) + "]}")
                .post(BATCH)
                .then()
                .statusCode(400);
    }

    static List<String> hostileBodies() {
        return List.of(
                "",
                "null",
                "[]",
                "\"command\"",
                "{",
                "{}{}",
                "[".repeat(100_00),
                "{\"a\":".repeat(5000),
                command("d", "\"device_id\":\"e\","),
                command("d", "").replace("9223372036854775807", "1" + "0".repeat(200)),
                command("d", "").replace("9223372036854775807", "1e999999999"),
                command("d", "").replace("9223372036854775807", "NaN"),
                command("d", "").replace("{\"big\"", "[{\"big\"").replace("7}", "7}]"),
                command("d", "").replace("\"reboot\"", "17"),
                command("d", "\"path\":\"x.py\","),
                command("d", "\"deviceid\":\"x\","),
                command("d\\u0000", ""),
                command("d\\ud800", ""),
                command("", ""),
                command("d".repeat(257), ""),
                command("d", "\"request_id\":\"a b\","),
                command("d", "\"expires_at\":\"2020-01-01T00:00:00Z\","),
                command("d", "\"expires_at\":\"yesterday\","),
                command("d", "\"reply_timeout_seconds\":99999999999999999999,"));
    }

    @ParameterizedTest
    @MethodSource("hostileBodies")
    void hostileBodiesAreRefusedWithViolations(String body) {
        json(body)
                .post(COMMANDS)
                .then()
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("CommandValidationError"))
                .body("status", equalTo(400))
                .body("violations", not(hasSize(0)))
                .body("error", not(equalTo("")));
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] body = command("d?", "").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '?' ? (byte) 0xC3 : body[i];
        }
        given().contentType("application/json")
                .body(body)
                .post(COMMANDS)
                .then()
                .statusCode(400)
                .body("violations[0].message", startsWith("is not valid JSON in UTF-8"));
        json("{\"commands\":{}}").post(BATCH).then().statusCode(400).contentType(PROBLEM);
        json("{\"commands\":[]}").post(BATCH).then().statusCode(400);
        json("{\"comands\":[]}").post(BATCH).then().statusCode(400);
        json("[".repeat(100_000)).post(BATCH).then().statusCode(400);
    }

    @Test
    void aBodyThatIsNotJsonIs415() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/xml")) {
            assertThat(raw("POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: " + type
                            + "\r\nContent-Length: 2\r\n\r\n{}"))
                    .startsWith("HTTP/1.1 415")
                    .containsIgnoringCase(PROBLEM);
        }
        given().header("Content-Type", "Application/JSON; charset=utf-8")
                .body(command(device(), "").getBytes(StandardCharsets.UTF_8))
                .post(COMMANDS)
                .then()
                .statusCode(200);
        assertThat(raw("POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 415");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /nowhere,              404, NotFound",
        "GET,    /api/v1/nowhere,       404, NotFound",
        "POST,   /,                     404, NotFound",
        "GET,    /api/v1/commands,      405, MethodNotAllowed",
        "PUT,    /api/v1/commands/x/status, 405, MethodNotAllowed",
        "DELETE, /health,               405, MethodNotAllowed",
        "GET,    /q/nowhere,            404, NotFound"
    })
    void whatHttpRefusesIsAProblemToo(String method, String path, int status, String type) {
        for (String accept : List.of("*/*", "text/html,application/xhtml+xml")) {
            given().header("Accept", accept)
                    .request(method, path)
                    .then()
                    .statusCode(status)
                    .contentType(PROBLEM)
                    .body("type", equalTo(type))
                    .body("title", not(nullValue()))
                    .body("status", equalTo(status));
        }
    }

    @Test
    void aClientThatTakesNoJsonIs406AndAMalformedAddressIs400() {
        given().accept("text/html").get(status("x")).then().statusCode(406).contentType(PROBLEM);
        String answer = raw("GET /api/v1/commands/%zz/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400").doesNotContainIgnoringCase("<html");
    }

    @Test
    void aCommandMayHaveSixtyFourKibibytes() {
        String fits = command(device(), "").replace("\"big\"", "\"" + "x".repeat(1000) + "\":1,\"text\":\"~\",\"big\"");
        String full = fits.replace("~", "y".repeat(65536 - fits.length() + 1));
        assertThat(full.getBytes(StandardCharsets.UTF_8)).hasSize(65536);
        json(full).post(COMMANDS).then().statusCode(200);
        json(full + " ")
                .post(COMMANDS)
                .then()
                .statusCode(413)
                .contentType(PROBLEM)
                .body("type", equalTo("PayloadTooLarge"));
        json("{\"commands\":[" + full + "," + full.replace("\"x", "\"xx") + "]}")
                .post(BATCH)
                .then()
                .statusCode(200)
                .body("successful", equalTo(1))
                .body("results[1].violations[0].message", containsString("65536"));
    }

    @Test
    void aQuotedIdempotencyKeyIsTheSameKey() {
        String key = device();
        String body = command(device(), "");
        String first = given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body)
                .post(COMMANDS)
                .path("request_id");
        given().contentType("application/json")
                .header("Idempotency-Key", '"' + key + '"')
                .body(body)
                .post(COMMANDS)
                .then()
                .statusCode(200)
                .header("Idempotent-Replayed", "true")
                .body("request_id", equalTo(first));
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMANDS, BATCH})
    void aCompressedBodyIsRefusedWithWhatIsTaken(String path) {
        given().contentType("application/json")
                .header("Content-Encoding", "gzip")
                .body(new byte[] {0x1f, (byte) 0x8b, 8, 0})
                .post(path)
                .then()
                .statusCode(415)
                .header("Accept-Encoding", "identity")
                .body("title", equalTo("The body is encoded"));
        given().contentType("text/x-python")
                .header("Content-Encoding", "br")
                .body(new byte[] {1})
                .put("/api/v1/parsers/a.py")
                .then()
                .statusCode(415)
                .header("Accept-Encoding", "identity");
    }

    @Test
    void whatAnAddressDoesNotAnswerNamesWhatItDoes() {
        Map<String, Map<String, Object>> paths =
                given().accept("application/json").get("/q/openapi?format=json").path("paths");
        assertThat(paths).isNotEmpty();
        paths.forEach((template, operations) -> {
            String path = template.replaceAll("[{].*?[}]", "a.py");
            Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
            operations.keySet().forEach(method -> allowed.add(method.toUpperCase(Locale.ROOT)));
            if (allowed.contains("GET")) {
                allowed.add("HEAD");
            }
            String refused = given().request("PATCH", path)
                    .then()
                    .statusCode(405)
                    .extract()
                    .header("Allow");
            assertThat(List.of(refused.split(", "))).as(path).containsExactlyInAnyOrderElementsOf(allowed);
            String options = given().request("OPTIONS", path)
                    .then()
                    .statusCode(204)
                    .extract()
                    .header("Allow");
            assertThat(options).isEqualTo(refused);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMANDS, BATCH, "/nowhere", "/health"})
    void aHundredMegabytesAreRefusedWithAnAnswer(String path) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                            + 100_000_000 + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            pour(out, 100_000_000, false);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 413").containsIgnoringCase(PROBLEM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMANDS, BATCH})
    void aHundredMegabytesInChunksAreRefusedWithAnAnswer(String path) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + path
                            + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            pour(out, 100_000_000, true);
            byte[] answer = socket.getInputStream().readNBytes(200);
            assertThat(new String(answer, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase(PROBLEM);
        }
        given().get("/health").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMANDS, "/nowhere"})
    void aBodyWithoutAnEndIsCutOffAndNotCollected(String path) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + path
                            + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            CompletableFuture<Void> cutOff = CompletableFuture.runAsync(() -> pour(out, Long.MAX_VALUE, true));
            assertThat(cutOff).succeedsWithin(Duration.ofSeconds(20));
        }
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        assertThat(used).isLessThan(700L * 1024 * 1024);
        given().get("/health").then().statusCode(200);
    }

    @Test
    void oneConnectionServesOneRequestAfterTheOtherAndIsNotCutBehindThem() throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setTcpNoDelay(true);
            for (int i = 0; i < 200; i++) {
                String answer =
                        switch (i % 4) {
                            case 0 -> exchange(socket, "POST " + COMMANDS, "application/json", command(device(), ""));
                            case 1 -> exchange(socket, "POST " + COMMANDS, "text/plain", "not read at all");
                            case 2 -> exchange(socket, "POST /nowhere", "application/json", "{}");
                            default -> exchange(socket, "GET " + COMMANDS + "/none/status", "application/json", "");
                        };
                assertThat(answer)
                        .as("request %s", i)
                        .startsWith("HTTP/1.1 " + List.of(200, 415, 404, 404).get(i % 4));
            }
            socket.setSoTimeout(2_500);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .as("longer than a body may go on after its answer, and still open")
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** Head and body in packets of their own, as many clients send them; the answer's head. */
    private static String exchange(Socket socket, String request, String type, String body) throws IOException {
        OutputStream out = socket.getOutputStream();
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        out.write((request + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type + "\r\n"
                        + (length == 0 ? "" : "Content-Length: " + length + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        out.write(body.getBytes(StandardCharsets.UTF_8));
        out.flush();
        socket.setSoTimeout(10_000);
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed after '" + head + "'");
            }
            head.append((char) next);
        }
        Matcher answered = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        if (answered.find()) {
            in.readNBytes(Integer.parseInt(answered.group(1)));
        }
        return head.toString();
    }

    /** As a client that hears the refusal only when it is through; the server may cut it off before. */
    private static void pour(OutputStream out, long bytes, boolean chunked) {
        byte[] piece = " ".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        try {
            for (long sent = 0; sent < bytes; sent += piece.length) {
                if (chunked) {
                    out.write("186a0\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write(piece);
                if (chunked) {
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            if (chunked) {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // Cut off; what counts is that an answer is there to be read.
            return;
        }
    }

    @Test
    void theServiceTellsHowItIs() {
        accepted(command(device(), ""));
        json("{}").post(COMMANDS).then().statusCode(400);
        given().get("/health").then().statusCode(200).body("status", equalTo("healthy"));
        given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/api/v1/status")
                .then()
                .statusCode(200)
                .body("service", equalTo("pusher-api"))
                .body("version", not(nullValue()))
                .body("kafka_connected", equalTo(true))
                .body("uptime", matchesPattern("PT.*S|PT\\d+M"))
                .body("commands_processed", greaterThan(0));
        given().get("/api/v1/metrics")
                .then()
                .statusCode(200)
                .body("commands_accepted", greaterThan(0))
                .body("commands_rejected", greaterThan(0))
                .body("by_protocol.coap.accepted", greaterThan(0))
                .body("by_protocol.mqtt.failed", equalTo(0));
        given().get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("pusher_commands_total{outcome=\"accepted\",protocol=\"coap\"}"))
                .body(containsString("pusher_accept_seconds_count"));
        given().get("/q/swagger-ui/").then().statusCode(200);
        given().header("Origin", "https://elsewhere.example")
                .get("/health")
                .then()
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void theInterfaceIsTheOneInOpenapiYaml() throws IOException {
        String now = given().get("/q/openapi").then().statusCode(200).extract().asString();
        Files.writeString(Path.of("target", "openapi.yaml"), now);
        assertThat(now)
                .as("the interface changed; if it was meant to, copy target/openapi.yaml over openapi.yaml")
                .isEqualTo(Files.readString(Path.of("openapi.yaml")));
    }

    private String raw(String request) {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(150), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RequestSpecification json(String body) {
        return given().contentType("application/json").body(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String accepted(String body) {
        return json(body).post(COMMANDS).then().statusCode(200).extract().path("request_id");
    }

    private static String status(String id) {
        return COMMANDS + "/" + id + "/status";
    }

    private static String device() {
        return "device-" + UUID.randomUUID();
    }

    private static String command(String device, String more) {
        return "{" + more + "\"device_id\":\"" + device
                + "\",\"command_type\":\"reboot\",\"payload\":{\"big\":9223372036854775807},\"protocol\":\"coap\"}";
    }

    private void send(StatusEvent event) {
        kafka.send(Topics.STATUS, event.deviceId().value(), StatusJson.write(event));
    }

    private static StatusEvent event(String id, String device, CommandState state, int attempt, boolean last) {
        return new StatusEvent(
                new RequestId(id),
                new DeviceId(device),
                Optional.of("reboot"),
                Optional.of(Protocol.COAP),
                state,
                last,
                Optional.empty(),
                Optional.empty(),
                Instant.now(),
                "coap-connector",
                attempt,
                false,
                Optional.empty(),
                attempt > 0 ? Optional.of(StatusEvent.SentBytes.of(new byte[3])) : Optional.empty(),
                Map.of("path", "/m"));
    }
}
