package io.preservarium.pusher.calls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class ServiceClientTest {

    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LATER = Duration.ofSeconds(20);

    private HttpServer server;
    private final CountDownLatch letGo = new CountDownLatch(1);
    private volatile String asked = "";
    private volatile String headers = "";
    private volatile String sent = "";
    private volatile int code = 200;
    private volatile String type = "application/json";
    private volatile String body = "{}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            headers = exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("X-Parser-Owner") + " "
                    + exchange.getRequestHeaders().getFirst("X-API-Key") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + exchange.getRequestHeaders().getFirst("Accept") + " "
                    + exchange.getRequestHeaders().getFirst("Transfer-Encoding");
            sent = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
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
        letGo.countDown();
        server.stop(0);
    }

    @Test
    void aScriptIsAskedAboutWithTheTokenAndALengthThatIsSaid() throws InterruptedException {
        ConnectorCalls connector = ServiceClient.of(ConnectorCalls.class, address(""), LATER, LATER);
        ServiceAnswer answer =
                ServiceAnswer.to(() -> connector.checkParser("Bearer secret", "{\"ref\":\"é\"}".getBytes(UTF_8)));
        assertThat(text(answer)).isEqualTo("200 application/json {}");
        assertThat(asked).isEqualTo("POST /internal/v1/parsers/check");
        assertThat(headers).isEqualTo("Bearer secret null null application/json application/json null");
        assertThat(sent).isEqualTo("{\"ref\":\"é\"}");
    }

    @Test
    void aBasePathIsKeptAndAHeaderThatIsAbsentIsNotSent() throws InterruptedException {
        ParserCalls parsers = ServiceClient.of(ParserCalls.class, address("/base/"), LATER, LATER);
        ServiceAnswer.to(() -> parsers.listParsers(Optional.empty()));
        assertThat(asked).isEqualTo("GET /base/api/v1/parsers");
        assertThat(headers).isEqualTo("null null null null application/json null");

        ServiceAnswer.to(() -> parsers.listParsers(Optional.of("key")));
        assertThat(headers).startsWith("null null key ");

        ServiceAnswer.to(
                () -> parsers.putParser(Optional.of("Bearer s"), "configmap:a/b", "valve.py", "{}".getBytes(UTF_8)));
        assertThat(asked).isEqualTo("PUT /base/api/v1/parsers/valve.py");
        assertThat(headers).isEqualTo("Bearer s configmap:a/b null application/json application/json null");

        code = 204;
        assertThat(text(ServiceAnswer.to(
                        () -> parsers.deleteParser(Optional.of("Bearer s"), "configmap:a/b", "valve.py"))))
                .isEqualTo("204 application/json ");
        assertThat(asked).isEqualTo("DELETE /base/api/v1/parsers/valve.py");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lamp-17", "a b&c=d/e?f#g", "%41+{x}", "größe-\uD83D\uDD0C", "..", "{device_id}"})
    void anyNameOfADeviceArrivesAsItIs(String device) throws InterruptedException {
        StatusCalls statuses = ServiceClient.of(StatusCalls.class, address(""), LATER, LATER);
        ServiceAnswer.to(() -> statuses.getCommandStatus(Optional.empty(), "r.1:_-", Optional.of(device)));
        String start = "GET /api/v1/commands/r.1:_-/status?device_id=";
        assertThat(asked).startsWith(start);
        assertThat(URLDecoder.decode(asked.substring(start.length()), UTF_8)).isEqualTo(device);

        ServiceAnswer.to(() -> statuses.getCommandStatus(Optional.empty(), "r.1:_-", Optional.empty()));
        assertThat(asked).isEqualTo("GET /api/v1/commands/r.1:_-/status");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 302, 307, 400, 401, 404, 409, 412, 422, 500, 503})
    void everyStatusIsAnAnswerAndNoRedirectIsFollowed(int status) throws InterruptedException {
        code = status;
        type = "text/html";
        body = "<html>";
        assertThat(text(list(LATER))).isEqualTo(status + " text/html <html>");
        assertThat(asked).isEqualTo("GET /api/v1/parsers");
    }

    @Test
    void onlyAProblemIsTheServicesOwnRefusal() throws InterruptedException {
        code = 404;
        type = "application/problem+json;charset=UTF-8";
        assertThat(((ServiceAnswer.Given) list(LATER)).isProblem()).isTrue();
        type = "text/html";
        assertThat(((ServiceAnswer.Given) list(LATER)).isProblem()).isFalse();
    }

    @Test
    void aLongListIsRead() throws InterruptedException {
        body = "x".repeat(3 << 20);
        assertThat(((ServiceAnswer.Given) list(LATER)).body()).hasSize(3 << 20);
    }

    @Test
    void nobodyThereIsSaid() throws InterruptedException {
        server.stop(0);
        assertThat(list(LATER)).isInstanceOfSatisfying(ServiceAnswer.Missing.class, missing -> assertThat(missing.why())
                .contains("Connection refused"));
    }

    @Test
    void whoAnswersNothingInTimeIsGivenUp() throws Exception {
        try (ServerSocket silent = raw(out -> letGo.await())) {
            assertThat(list(silent, SOON)).isEqualTo(new ServiceAnswer.Missing("request timed out"));
        }
    }

    @Test
    void whoHangsUpIsSaid() throws Exception {
        try (ServerSocket closing = raw(out -> {})) {
            assertThat(list(closing, LATER)).isInstanceOf(ServiceAnswer.Missing.class);
        }
    }

    @Test
    void whatIsNoHttpIsSaid() throws Exception {
        try (ServerSocket rubbish = raw(out -> out.write("rubbish\r\n\r\n".getBytes(UTF_8)))) {
            assertThat(list(rubbish, LATER)).isInstanceOf(ServiceAnswer.Missing.class);
        }
    }

    @Test
    void aBodyThatStopsInTheMiddleIsGivenUp() throws Exception {
        try (ServerSocket stalling = raw(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".getBytes(UTF_8));
            out.flush();
            letGo.await();
        })) {
            assertThat(list(stalling, SOON)).isInstanceOf(ServiceAnswer.Missing.class);
        }
    }

    @Test
    void anEndlessBodyIsNotReadOnAndItsConnectionEnds() throws Exception {
        CompletableFuture<Throwable> cut = new CompletableFuture<>();
        try (ServerSocket endless = raw(out -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
            byte[] chunk = ("10000\r\n" + "x".repeat(1 << 16) + "\r\n").getBytes(UTF_8);
            try {
                while (true) {
                    out.write(chunk);
                }
            } catch (IOException e) {
                cut.complete(e);
            }
        })) {
            assertThat(list(endless, SOON))
                    .isEqualTo(new ServiceAnswer.Missing("an answer of more than " + ServiceAnswer.LONGEST + " bytes"));
            assertThat(cut.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoIsInterruptedIsNotToldThatTheServiceIsAway() throws Exception {
        CountDownLatch accepted = new CountDownLatch(1);
        try (ServerSocket silent = raw(out -> {
            accepted.countDown();
            letGo.await();
        })) {
            CompletableFuture<ServiceAnswer> answer = new CompletableFuture<>();
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    answer.complete(list(silent, LATER));
                } catch (InterruptedException e) {
                    answer.completeExceptionally(e);
                }
            });
            accepted.await();
            asking.interrupt();
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        }
    }

    private ServiceAnswer list(Duration within) throws InterruptedException {
        ParserCalls parsers = ServiceClient.of(ParserCalls.class, address(""), LATER, within);
        return ServiceAnswer.to(() -> parsers.listParsers(Optional.empty()));
    }

    private static ServiceAnswer list(ServerSocket socket, Duration within) throws InterruptedException {
        ParserCalls parsers = ServiceClient.of(
                ParserCalls.class, URI.create("http://127.0.0.1:" + socket.getLocalPort()), LATER, within);
        return ServiceAnswer.to(() -> parsers.listParsers(Optional.empty()));
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static String text(ServiceAnswer answer) {
        assertThat(answer).isInstanceOf(ServiceAnswer.Given.class);
        ServiceAnswer.Given given = (ServiceAnswer.Given) answer;
        return given.status() + " " + given.type().orElse("") + " " + new String(given.body(), UTF_8);
    }

    /** What is written once a request's first bytes are there. */
    private interface Writing {
        void to(OutputStream out) throws Exception;
    }

    private static ServerSocket raw(Writing writing) throws IOException {
        ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    if (socket.getInputStream().read(new byte[1 << 16]) > 0) {
                        writing.to(socket.getOutputStream());
                    }
                } catch (Exception e) {
                    // The test ended, or the client hung up.
                }
            }
        });
        return listening;
    }
}
