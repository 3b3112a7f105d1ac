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
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.server.ServerMessageDeliverer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.util.NamedThreadFactory;

/** The UDP endpoint, configured here and by no file. Its threads only start work; nothing on them waits. */
final class CoapConnections {

    private final CoapEndpoint endpoint;
    private final ScheduledExecutorService protocolStage;
    private final ScheduledExecutorService housekeeping;
    private volatile boolean takesRequests = true;

    private CoapConnections(CoapConfig config, List<CoapUplinkResource> uplinks, CoapTimeResource time) {
        Configuration settings = settings(config);
        this.endpoint = CoapEndpoint.builder()
                .setConfiguration(settings)
                .setInetSocketAddress(new InetSocketAddress(config.host(), config.port()))
                .setCriticalCustomOptions(config.criticalCustomOptions().orElse(List.of()).stream()
                        .mapToInt(Integer::intValue)
                        .toArray())
                .build();
        this.protocolStage =
                Executors.newScheduledThreadPool(config.threads(), new NamedThreadFactory("coap-protocol-"));
        this.housekeeping = Executors.newScheduledThreadPool(1, new NamedThreadFactory("coap-housekeeping-"));
        endpoint.setExecutors(protocolStage, housekeeping);
        endpoint.addPostProcessInterceptor(new Departures());
        endpoint.setMessageDeliverer(new Paths(settings, uplinks, time));
    }

    /** Opens the socket; a message that names address and port when that fails. */
    static CoapConnections start(CoapConfig config, CoapDelivery uplinks, Delivery delivery, Clock clock) {
        List<CoapUplinkResource> resources = new ArrayList<>();
        for (Map.Entry<String, CoapConfig.UplinkPath> path : config.uplinks().entrySet()) {
            resources.add(new CoapUplinkResource(path.getKey(), path.getValue(), uplinks, delivery, clock));
        }
        CoapConnections connections =
                new CoapConnections(config, resources, new CoapTimeResource(config.timePath(), clock));
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
        CoapLog.listening(connections.address(), paths);
        CoapLog.identityIsClaimed(paths);
        return connections;
    }

    private static Configuration settings(CoapConfig config) {
        Configuration settings = new Configuration(
                org.eclipse.californium.core.config.CoapConfig.DEFINITIONS,
                UdpConfig.DEFINITIONS,
                SystemConfig.DEFINITIONS);
        settings.set(
                org.eclipse.californium.core.config.CoapConfig.DEDUPLICATOR,
                org.eclipse.californium.core.config.CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
        settings.set(org.eclipse.californium.core.config.CoapConfig.MAX_RESOURCE_BODY_SIZE, config.maxBody());
        settings.set(org.eclipse.californium.core.config.CoapConfig.MAX_ACTIVE_PEERS, config.maxActivePeers());
        settings.set(org.eclipse.californium.core.config.CoapConfig.BLOCKWISE_STATUS_LIFETIME, 60, TimeUnit.SECONDS);
        settings.set(org.eclipse.californium.core.config.CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, config.threads());
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
            return uplinks.stream()
                    .filter(uplink -> uplink.matches(path))
                    .findFirst()
                    .orElse(null);
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
