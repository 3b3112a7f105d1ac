package io.preservarium.pusher.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The datagrams of our own devices, as a real CoAP server takes them. */
class CoapFleetTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Set<String> callers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger acknowledgements = new AtomicInteger();
    private final AtomicInteger lostBefore = new AtomicInteger();
    private final Configuration settings =
            new Configuration(CoapConfig.DEFINITIONS, UdpConfig.DEFINITIONS, SystemConfig.DEFINITIONS);
    private final CoapServer server = new CoapServer(settings);

    private interface Answer {
        void to(CoapExchange exchange);
    }

    private InetSocketAddress serve(Answer answer) {
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(settings)
                .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build();
        endpoint.addInterceptor(new MessageInterceptorAdapter() {
            @Override
            public void receiveRequest(Request request) {
                if (lostBefore.getAndDecrement() > 0) {
                    request.setCanceled(true); // as if it had been lost on its way
                }
            }

            @Override
            public void receiveEmptyMessage(EmptyMessage message) {
                acknowledgements.incrementAndGet();
            }
        });
        server.addEndpoint(endpoint);
        server.add(new CoapResource("devices") {
            @Override
            public Resource getChild(String name) {
                return this;
            }

            @Override
            public void handlePOST(CoapExchange exchange) {
                callers.add(exchange.getRequestOptions().getUriPathString() + " " + exchange.getRequestText());
                answer.to(exchange);
            }
        });
        server.start();
        return endpoint.getAddress();
    }

    @AfterEach
    void stop() {
        server.destroy();
    }

    private static CoapFleet fleet(InetSocketAddress address) throws Exception {
        return new CoapFleet(address, 2, n -> "a-device-with-a-long-name-" + n, "hello".getBytes());
    }

    @Test
    void everyDeviceFetchesItsShareUnderItsOwnName() throws Exception {
        InetSocketAddress address = serve(exchange -> exchange.respond(ResponseCode.CHANGED, new byte[] {1}, 42));
        UntilFetched calls = new UntilFetched(3, 2, PATIENCE);
        try (CoapFleet fleet = fleet(address)) {
            Traffic traffic = fleet.run(calls, 2);

            assertThat(traffic.answered()).isEqualTo(6);
            assertThat(traffic.withPayload()).isEqualTo(6);
            assertThat(traffic.latencies().getTotalCount()).isEqualTo(6);
            assertThat(traffic.trouble()).isEmpty();
        }
        assertThat(calls.isDone()).isTrue();
        assertThat(callers)
                .containsExactlyInAnyOrder(
                        "devices/a-device-with-a-long-name-0/up hello",
                        "devices/a-device-with-a-long-name-1/up hello",
                        "devices/a-device-with-a-long-name-2/up hello");
    }

    @Test
    void deviceWhoseAnswerIsEmptyCallsAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        InetSocketAddress address = serve(exchange -> {
            if (asked.incrementAndGet() == 1) {
                exchange.respond(ResponseCode.CHANGED);
            } else {
                exchange.respond(ResponseCode.CHANGED, "command");
            }
        });
        UntilFetched calls = new UntilFetched(1, 1, PATIENCE);
        try (CoapFleet fleet = fleet(address)) {
            fleet.run(calls, 1);
        }
        assertThat(calls.fetched()).isEqualTo(1);
        assertThat(calls.inVain()).isEqualTo(1);
    }

    @Test
    void separateResponseIsTakenAndAcknowledged() throws Exception {
        InetSocketAddress address = serve(exchange -> {
            exchange.accept();
            exchange.respond(ResponseCode.CHANGED, "command");
        });
        UntilFetched calls = new UntilFetched(1, 1, PATIENCE);
        try (CoapFleet fleet = fleet(address)) {
            assertThat(fleet.run(calls, 1).withPayload()).isEqualTo(1);
        }
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(acknowledgements).hasValue(1));
    }

    @Test
    void refusalIsCountedAsSuch() throws Exception {
        InetSocketAddress address = serve(exchange -> exchange.respond(ResponseCode.SERVICE_UNAVAILABLE, "no"));
        FirstCommand calls = new FirstCommand(java.util.List.of(0), System.nanoTime(), Duration.ofMillis(1));
        try (CoapFleet fleet = fleet(address)) {
            Traffic traffic = fleet.run(
                    new Calls() {
                        private boolean called;

                        @Override
                        public int next() {
                            if (called) {
                                return NO_MORE;
                            }
                            called = true;
                            return 0;
                        }

                        @Override
                        public void answered(int device, boolean success, int payloadBytes) {
                            calls.answered(device, success, payloadBytes);
                        }

                        @Override
                        public void lost(int device) {
                            calls.lost(device);
                        }
                    },
                    1);
            assertThat(traffic.refused()).isEqualTo(1);
            assertThat(traffic.withPayload()).isZero();
        }
        assertThat(calls.missing()).isEqualTo(1);
    }

    @Test
    void lostDatagramIsSentAgain() throws Exception {
        lostBefore.set(1);
        InetSocketAddress address = serve(exchange -> exchange.respond(ResponseCode.CHANGED, "command"));
        UntilFetched calls = new UntilFetched(1, 1, PATIENCE);
        try (CoapFleet fleet = fleet(address)) {
            Traffic traffic = fleet.run(calls, 1);
            assertThat(traffic.retransmissions()).isPositive();
            assertThat(traffic.withPayload()).isEqualTo(1);
        }
    }
}
