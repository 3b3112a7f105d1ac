package io.preservarium.pusher.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.preservarium.pusher.command.StatusEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers like pusher-api's status call, out of what stands in Kafka at the moment of the question. */
public final class FakeStatusApi implements AutoCloseable {

    private final HttpServer server;
    private final TestTopics topics;
    public final AtomicInteger asked = new AtomicInteger();
    public final AtomicBoolean isAway = new AtomicBoolean();

    public FakeStatusApi(TestTopics topics) {
        this.topics = topics;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/v1/commands/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        String id = exchange.getRequestURI().getPath().split("/")[4];
        if (isAway.get()) {
            send(exchange, 503, "application/problem+json", "{}");
        } else if (topics.commands(id).isEmpty()) {
            send(exchange, 404, "application/problem+json", "{\"status\":404}");
        } else {
            send(exchange, 200, "application/json", status(id));
        }
    }

    private String status(String id) {
        List<Map<String, Object>> history = new ArrayList<>();
        history.add(Map.of("state", "accepted", "at", "2026-11-21T10:00:00Z", "attempt", 0, "source", "k8s"));
        for (StatusEvent event : topics.statusEvents(id)) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("state", event.state().word());
            entry.put("at", event.at().toString());
            entry.put("attempt", event.attempt());
            entry.put("source", event.source());
            event.reason().ifPresent(reason -> entry.put("reason", reason.name()));
            event.message().ifPresent(message -> entry.put("message", message));
            history.add(entry);
        }
        return Resources.YAML.asJson(Map.of(
                "command_sha256",
                topics.digest(id),
                "request_id",
                id,
                "device_id",
                "any",
                "state",
                "accepted",
                "accepted_at",
                "2026-11-21T10:00:00Z",
                "history",
                history));
    }

    private static void send(HttpExchange exchange, int code, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
