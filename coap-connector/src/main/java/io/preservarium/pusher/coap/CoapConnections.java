package io.preservarium.pusher.coap;

import io.preservarium.pusher.delivery.Delivery;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.MessageObserver;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.network.RandomTokenGenerator;
import org.eclipse.californium.core.network.TokenGenerator;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.server.ServerMessageDeliverer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.util.ExecutorsUtil;
import org.eclipse.californium.elements.util.NamedThreadFactory;

/** The UDP endpoint, configured here and by no file. Its threads only start work; nothing on them waits. */
final class CoapConnections {

    /** Of a pool of more than one thread, Californium takes one for timers alone. */
    private static final int TIMERS = 1;

    private static final int RECEIVE_BUFFER = 4 << 20;

    private final CoapEndpoint endpoint;
    private final ScheduledExecutorService protocolStage;
    private final ScheduledExecutorService housekeeping;
    private volatile boolean takesRequests = true;

    private CoapConnections(
            CoapConfig config, List<CoapUplinkResource> uplinks, CoapTimeResource time, CoapMetrics metrics) {
        Configuration settings = settings(config);
        Connector socket = new UDPConnector(new InetSocketAddress(config.host(), config.port()), settings);
        TokenGenerator tokens = new RandomTokenGenerator(settings);
        InMemoryMessageExchangeStore exchanges = new InMemoryMessageExchangeStore("coap", settings, tokens);
        CoapRetransmissions retransmissions = new CoapRetransmissions(
                socket,
                settings.get(org.eclipse.californium.core.config.CoapConfig.EXCHANGE_LIFETIME, TimeUnit.NANOSECONDS),
                (long) config.answersMemory() << 20);
        exchanges.setDeduplicator(retransmissions);
        metrics.retransmissions(retransmissions);
        this.endpoint = CoapEndpoint.builder()
                .setConfiguration(settings)
                .setConnector(socket)
                .setTokenGenerator(tokens)
                .setMessageExchangeStore(exchanges)
                .setDataSerializerAndParser(
                        new UdpDataSerializer(),
                        new CoapDatagramParser(config.criticalCustomOptions().orElse(List.of())))
                .build();
        this.protocolStage = ExecutorsUtil.newScheduledThreadPool(
                config.threads() + TIMERS, new NamedThreadFactory("coap-protocol-"));
        this.housekeeping = Executors.newScheduledThreadPool(1, new NamedThreadFactory("coap-housekeeping-"));
        endpoint.setExecutors(protocolStage, housekeeping);
        endpoint.addPostProcessInterceptor(new Departures());
        endpoint.setMessageDeliverer(new Paths(settings, uplinks, time));
    }

    /** Opens the socket; a message that names address and port when that fails. */
    static CoapConnections start(
            CoapConfig config, CoapDelivery uplinks, Delivery delivery, Clock clock, CoapMetrics metrics) {
        List<CoapUplinkResource> resources = new ArrayList<>();
        for (Map.Entry<String, CoapConfig.UplinkPath> path : config.uplinks().entrySet()) {
            resources.add(new CoapUplinkResource(path.getKey(), path.getValue(), uplinks, delivery, clock));
        }
        CoapConnections connections =
                new CoapConnections(config, resources, new CoapTimeResource(config.timePath(), clock), metrics);
        try {
            connections.endpoint.start();
        } catch (IOException e) {
            connections.stop();
            throw new IllegalStateException(
                    "cannot listen at coap://" + config.host() + ":" + config.port() + ": " + e.getMessage(), e);
        }
        List<String> paths = config.uplinks().values().stream()
                .map(CoapConfig.UplinkPath::path)
                .sorted()
                .toList();
        InetSocketAddress address = connections.address();
        CoapLog.LOG.listening(address.getHostString(), address.getPort(), paths);
        CoapLog.LOG.identityIsClaimed(paths);
        return connections;
    }

    private static Configuration settings(CoapConfig config) {
        Configuration settings = new Configuration(
                org.eclipse.californium.core.config.CoapConfig.DEFINITIONS,
                UdpConfig.DEFINITIONS,
                SystemConfig.DEFINITIONS);
        settings.set(org.eclipse.californium.core.config.CoapConfig.MAX_RESOURCE_BODY_SIZE, config.maxBody());
        settings.set(org.eclipse.californium.core.config.CoapConfig.MAX_ACTIVE_PEERS, config.maxActivePeers());
        settings.set(org.eclipse.californium.core.config.CoapConfig.BLOCKWISE_STATUS_LIFETIME, 60, TimeUnit.SECONDS);
        settings.set(org.eclipse.californium.core.config.CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, config.threads());
        // A fleet that wakes at one time; the kernel takes no more than net.core.rmem_max.
        settings.set(UdpConfig.UDP_RECEIVE_BUFFER_SIZE, RECEIVE_BUFFER);
        settings.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
        settings.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
        return settings;
    }

    InetSocketAddress address() {
        return endpoint.getAddress();
    }

    boolean isUp() {
        return endpoint.isStarted() && takesRequests;
    }

    /** From now on new requests are not heard, so that their devices send them again, to whoever listens then. */
    void stopIntake() {
        takesRequests = false;
    }

    void stop() {
        endpoint.destroy();
        protocolStage.shutdownNow();
        housekeeping.shutdownNow();
    }

    /** Which resource a path leads to. There is no resource but those of the settings. */
    private final class Paths extends ServerMessageDeliverer {

        private final List<CoapUplinkResource> uplinks;
        private final CoapTimeResource time;

        Paths(Configuration settings, List<CoapUplinkResource> uplinks, CoapTimeResource time) {
            super(time, settings);
            this.uplinks = uplinks;
            this.time = time;
        }

        @Override
        protected boolean preDeliverRequest(Exchange exchange) {
            return !takesRequests;
        }

        @Override
        @SuppressWarnings("NullAway") // Californium says by null that nothing is found, and answers 4.04.
        protected Resource findResource(List<String> path) {
            if (time.matches(path)) {
                return time;
            }
            for (CoapUplinkResource uplink : uplinks) {
                if (uplink.matches(path)) {
                    return uplink;
                }
            }
            return null;
        }
    }

    /** Tells the evidence of an answer about each of its datagrams, after the socket took it. */
    private static final class Departures extends MessageInterceptorAdapter {
        @Override
        public void sendResponse(Response response) {
            for (MessageObserver observer : response.getMessageObservers()) {
                if (observer instanceof CoapEvidence evidence) {
                    evidence.processed(response);
                }
            }
        }
    }
}
