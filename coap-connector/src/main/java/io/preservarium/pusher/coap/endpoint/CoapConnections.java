package io.preservarium.pusher.coap.endpoint;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.californium.core.CoapResource;
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
public final class CoapConnections {

    /** Of a pool of more than one thread, Californium takes one for timers alone. */
    private static final int TIMERS = 1;

    private static final int RECEIVE_BUFFER = 4 << 20;

    private final CoapEndpoint endpoint;
    private final ScheduledExecutorService protocolStage;
    private final ScheduledExecutorService housekeeping;
    private volatile boolean takesRequests = true;

    private CoapConnections(
            CoapConfig config, Function<List<String>, Optional<Resource>> resources, CoapMetrics metrics) {
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
        endpoint.setMessageDeliverer(new Requests(settings, resources));
    }

    /**
     * Opens the socket; a message that names address and port when that fails.
     *
     * @param resources what a path leads to, if anything
     */
    public static CoapConnections start(
            CoapConfig config, Function<List<String>, Optional<Resource>> resources, CoapMetrics metrics) {
        CoapConnections connections = new CoapConnections(config, resources, metrics);
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

    /** Where it listens, with the port that was free. */
    public InetSocketAddress address() {
        return endpoint.getAddress();
    }

    public boolean isUp() {
        return endpoint.isStarted() && takesRequests;
    }

    /** From now on new requests are not heard, so that their devices send them again, to whoever listens then. */
    public void stopIntake() {
        takesRequests = false;
    }

    public void stop() {
        endpoint.destroy();
        protocolStage.shutdownNow();
        housekeeping.shutdownNow();
    }

    /** Hands each request to the resource of its path. */
    private final class Requests extends ServerMessageDeliverer {

        private final Function<List<String>, Optional<Resource>> resources;

        Requests(Configuration settings, Function<List<String>, Optional<Resource>> resources) {
            super(new CoapResource(""), settings);
            this.resources = resources;
        }

        @Override
        protected boolean preDeliverRequest(Exchange exchange) {
            return !takesRequests;
        }

        @Override
        @SuppressWarnings("NullAway") // Californium says by null that nothing is found, and answers 4.04.
        protected Resource findResource(List<String> path) {
            return resources.apply(path).orElse(null);
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
