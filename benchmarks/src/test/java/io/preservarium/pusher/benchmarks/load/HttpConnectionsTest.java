package io.preservarium.pusher.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpConnectionsTest {

    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private final Set<InetSocketAddress> callers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/commands", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            callers.add(exchange.getRemoteAddress());
            byte[] answer = "{\"success\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(requests.incrementAndGet() % 2 == 0 ? 503 : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void bodiesGoOutOneAfterTheOtherOverConnectionsThatStayOpen() throws Exception {
        try (HttpConnections connections = new HttpConnections(server.getAddress(), "/commands", 3)) {
            HttpConnections.Answers answers = connections.run(n -> "{\"n\":" + n + "}", Duration.ofMillis(200));

            assertThat(answers.accepted() + answers.refused()).isEqualTo(requests.get());
            assertThat(answers.refused()).isEqualTo(requests.get() / 2);
            assertThat(answers.latencies().getTotalCount()).isEqualTo(answers.accepted());
        }
        assertThat(bodies).hasSize(requests.get()).contains("{\"n\":0}", "{\"n\":1}", "{\"n\":2}");
        assertThat(callers).hasSize(3);
    }
}
