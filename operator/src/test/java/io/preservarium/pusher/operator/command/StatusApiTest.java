package io.preservarium.pusher.operator.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.Settings;
import io.preservarium.pusher.operator.WithoutCluster;
import io.preservarium.pusher.operator.command.progress.StatusApi;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApiClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(WithoutCluster.class)
class StatusApiTest {

    private static final String ID = "0d8e6a51-4a3c-4b53-9a5f-6d1f5e2b8c11";

    private HttpServer server;
    private volatile String asked = "";
    private volatile String key = "";
    private volatile int code = 200;
    private volatile String type = "application/json";
    private volatile String body = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestURI().toString();
            key = String.valueOf(exchange.getRequestHeaders().getFirst("X-API-Key"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theHistoryIsFoldedAsEveryReaderDoes() throws InterruptedException {
        body = """
                {"request_id":"%s","device_id":"lamp-17","command_type":"set_led","protocol":"mqtt","state":"sent","final":false,
                 "accepted_at":"2026-11-21T10:00:01.500Z","attempts":1,"history":[
                 {"state":"accepted","at":"2026-11-21T10:00:01.500Z","attempt":0,"source":"k8s","late":false},
                 {"state":"queued","at":"2026-11-21T10:00:02Z","attempt":0,"source":"mqtt-0","late":false},
                 {"state":"sending","at":"2026-11-21T10:00:03Z","attempt":1,"source":"mqtt-0","late":false},
                 {"state":"sent","at":"2026-11-21T10:00:03.100Z","attempt":1,"source":"mqtt-0","late":false,
                  "parser":{"ref":"a.py","sha256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"},
                  "bytes":{"length":3,"sha256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"}},
                 {"state":"timed_out","at":"2026-11-21T10:01:03.100Z","attempt":1,"source":"mqtt-0","late":false,"message":"no answer"}]}
                """.formatted(ID);
        assertThat(ask("expect: succeeded")).isInstanceOfSatisfying(StatusApi.Answer.Known.class, known -> {
            assertThat(known.acceptedAt()).isEqualTo(Instant.parse("2026-11-21T10:00:01.500Z"));
            assertThat(known.progress().state()).isEqualTo(CommandState.TIMED_OUT);
            assertThat(known.progress().isFinal()).isTrue();
            assertThat(known.progress().message()).contains("no answer");
            assertThat(known.progress().bytes().orElseThrow().length()).isEqualTo(3);
            assertThat(known.progress().parser().orElseThrow().ref()).hasToString("a.py");
        });
        assertThat(asked).isEqualTo("/base/api/v1/commands/" + ID + "/status?device_id=lamp-17");
        assertThat(key).isEqualTo("secret");
        // The same history of a command that expects no more than sent ended there.
        assertThat(ask("expect: sent")).isInstanceOfSatisfying(StatusApi.Answer.Known.class, known -> assertThat(
                        known.progress().state())
                .isEqualTo(CommandState.SENT));
    }

    @Test
    void aProblemWith404MeansAbsent() throws InterruptedException {
        code = 404;
        type = "application/problem+json;charset=UTF-8";
        body = "{\"status\":404}";
        assertThat(ask("")).isEqualTo(new StatusApi.Answer.Absent());
    }

    @Test
    void a404OfSomethingElseOnTheWayMeansNothing() throws InterruptedException {
        code = 404;
        type = "text/html";
        assertThat(ask("")).isInstanceOf(StatusApi.Answer.Unavailable.class);
    }

    @Test
    void anythingUnclearMeansNothing() throws InterruptedException {
        code = 503;
        assertThat(ask("")).isInstanceOf(StatusApi.Answer.Unavailable.class);
        code = 200;
        body = "not json";
        assertThat(ask("")).isInstanceOf(StatusApi.Answer.Unavailable.class);
        body = "{\"request_id\":\"other\",\"device_id\":\"lamp-17\",\"state\":\"sent\",\"history\":[]}";
        assertThat(ask("")).isInstanceOf(StatusApi.Answer.Unavailable.class);
        server.stop(0);
        assertThat(ask("")).isInstanceOf(StatusApi.Answer.Unavailable.class);
    }

    @Test
    void aCommandThatSaysSomethingElseIsTold() throws InterruptedException {
        String same = CommandDigest.of(((SpecReading.Valid) reading("payload: {b: [1, 2.50], a: x}")).command())
                .hex();
        body = """
                {"request_id":"%s","device_id":"lamp-17","state":"sent","command_sha256":"%s","history":[]}
                """.formatted(ID, same);
        assertThat(known(ask("payload: {a: x, b: [1, 2.5]}", true)).saysTheSame())
                .isTrue();
        assertThat(asked).isEqualTo("/base/api/v1/commands/" + ID + "/status");
        assertThat(known(ask("payload: {a: y, b: [1, 2.5]}", true)).saysTheSame())
                .isFalse();
    }

    private static StatusApi.Answer.Known known(StatusApi.Answer answer) {
        assertThat(answer).isInstanceOf(StatusApi.Answer.Known.class);
        return (StatusApi.Answer.Known) answer;
    }

    private StatusApi.Answer ask(String more) throws InterruptedException {
        return ask("payload: {}\n" + more, false);
    }

    private static SpecReading reading(String command) {
        return SpecReading.of(Resources.deviceCommand(command), new RequestIds(UUID.randomUUID()), ExpiryRule.STANDARD);
    }

    private StatusApi.Answer ask(String command, boolean ofAnyDevice) throws InterruptedException {
        OperatorConfig config = Settings.with(Map.of(
                "PUSHER_API_URL",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/base/",
                "PUSHER_API_KEY",
                "secret"));
        Command read = ((SpecReading.Valid) reading(command)).command();
        return new StatusApi(config.statusApi(), new PusherApiClient(config)).ask(read, ofAnyDevice);
    }
}
