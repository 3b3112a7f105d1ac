package io.preservarium.pusher.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.preservarium.pusher.command.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Answers like pusher-api's parser calls, with the scripts in memory. A source with {@code BROKEN} does not pass. */
public final class FakeParserApi implements AutoCloseable {

    public static final String TOKEN = "the-token";

    /** A script as it was handed over. */
    public record Script(String source, Map<?, ?> companions, Optional<String> examples, String owner) {
        public String sha256() {
            return Digest.of((source + companions).getBytes(StandardCharsets.UTF_8))
                    .hex();
        }
    }

    public final Map<String, Script> scripts = new ConcurrentSkipListMap<>();
    public final List<String> changes = new CopyOnWriteArrayList<>();
    public final AtomicInteger lists = new AtomicInteger();
    public final AtomicBoolean isAway = new AtomicBoolean();
    public final AtomicBoolean hasNoConnector = new AtomicBoolean();

    /** Counted down to let the answers to PUT go out; the script is in before. */
    public final AtomicReference<CountDownLatch> answers = new AtomicReference<>(new CountDownLatch(0));

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public FakeParserApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/v1/parsers", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public long puts() {
        return changes.stream().filter(change -> change.startsWith("PUT ")).count();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String ref = exchange.getRequestURI().getPath().substring("/api/v1/parsers".length());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (isAway.get()) {
                problem(exchange, 503, "Kafka is away");
            } else if (ref.isEmpty()) {
                send(exchange, 200, "application/json", list());
            } else {
                change(exchange, ref.substring(1), body);
            }
        }
    }

    private String list() {
        lists.incrementAndGet();
        List<Map<String, Object>> items = new ArrayList<>();
        items.add(Map.of("ref", "shipped.py", "sha256", "0".repeat(64), "layer", "shipped", "statuses", List.of()));
        scripts.forEach((ref, script) -> items.add(Map.of(
                "ref",
                ref,
                "sha256",
                script.sha256(),
                "layer",
                "topic",
                "owner",
                script.owner(),
                "statuses",
                List.of(Map.of("instance", "coap-0", "state", "live")))));
        return Resources.YAML.asJson(Map.of("items", items));
    }

    private void change(HttpExchange exchange, String ref, String body) throws IOException {
        String owner = exchange.getRequestHeaders().getFirst("X-Parser-Owner");
        Optional<String> other =
                Optional.ofNullable(scripts.get(ref)).map(Script::owner).filter(name -> !name.equals(owner));
        changes.add(exchange.getRequestMethod() + " " + ref);
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            problem(exchange, 403, "the header X-Parser-Owner needs the INTERNAL_TOKEN of this installation");
        } else if (other.isPresent()) {
            problem(exchange, 409, "parser script " + ref + " belongs to " + other.get() + ", who alone may change it");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            if (scripts.remove(ref) == null) {
                problem(exchange, 404, "the script topic has no parser script " + ref);
            } else {
                exchange.sendResponseHeaders(204, -1);
            }
        } else if (hasNoConnector.get()) {
            problem(exchange, 503, "no connector could check the script");
        } else {
            put(exchange, ref, owner, Resources.YAML.unmarshal(body, Map.class));
        }
    }

    private void put(HttpExchange exchange, String ref, String owner, Map<?, ?> body) throws IOException {
        Script script = new Script(
                String.valueOf(body.get("source")),
                (Map<?, ?>) body.get("companions"),
                Optional.ofNullable(body.get("examples")).map(String::valueOf),
                owner);
        if (script.source().contains("BROKEN")) {
            send(
                    exchange,
                    422,
                    "application/problem+json",
                    Resources.YAML.asJson(Map.of(
                            "detail",
                            "1 of 2 examples failed",
                            "violations",
                            List.of(Map.of(
                                    "field", "examples.seven", "message", "expected bytes 07 but was bytes 08")))));
            return;
        }
        boolean isNew = scripts.put(ref, script) == null;
        try {
            answers.get().await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        send(
                exchange,
                isNew ? 201 : 200,
                "application/json",
                Resources.YAML.asJson(Map.of("ref", ref, "sha256", script.sha256(), "examples", 2, "owner", owner)));
    }

    private static void problem(HttpExchange exchange, int code, String detail) throws IOException {
        send(
                exchange,
                code,
                "application/problem+json",
                Resources.YAML.asJson(Map.of("status", code, "detail", detail)));
    }

    private static void send(HttpExchange exchange, int code, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
