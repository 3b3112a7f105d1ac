package io.preservarium.pusher.api.parsers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Checks scripts like a connector: one with "broken" in it does not load, one with "wrong" in it fails an example. */
final class FakeConnector {

    static final String TOKEN = "shared-secret";

    private final HttpServer server;
    private volatile boolean away;

    FakeConnector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/internal/v1/parsers/check", this::check);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void away(boolean isAway) {
        away = isAway;
    }

    static Digest digest(String source) {
        return Digest.of(source.getBytes(StandardCharsets.UTF_8));
    }

    private void check(HttpExchange exchange) throws IOException {
        byte[] draft = exchange.getRequestBody().readAllBytes();
        boolean authorized =
                ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        if (away || !authorized) {
            exchange.sendResponseHeaders(authorized ? 503 : 401, -1);
            return;
        }
        byte[] verdict = ScriptJson.write(
                verdict(ScriptJson.readCandidate(draft).orElseThrow().draft()));
        exchange.sendResponseHeaders(200, verdict.length);
        exchange.getResponseBody().write(verdict);
        exchange.close();
    }

    private static ScriptVerdict verdict(PublishedScript.Draft draft) {
        if (draft.source().contains("broken")) {
            return new ScriptVerdict.Refused("line 1: invalid syntax", List.of());
        }
        return draft.source().contains("wrong")
                ? new ScriptVerdict.Refused(
                        "1 of 2 examples failed", List.of(new ScriptVerdict.Failure("open", "bytes 01", "bytes 02")))
                : new ScriptVerdict.Passed(
                        digest(draft.source()), draft.examples().isPresent() ? 2 : 0);
    }

    void stop() {
        server.stop(0);
    }
}
