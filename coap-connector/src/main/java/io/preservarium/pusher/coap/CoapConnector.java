package io.preservarium.pusher.coap;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.HashedWheelTimer;
import io.preservarium.pusher.coap.endpoint.CoapConfig;
import io.preservarium.pusher.coap.endpoint.CoapConnections;
import io.preservarium.pusher.coap.endpoint.CoapMetrics;
import io.preservarium.pusher.coap.uplink.CoapDelivery;
import io.preservarium.pusher.coap.uplink.CoapPaths;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.connector.OpenWork;
import io.preservarium.pusher.connector.ProtocolConnector;
import io.preservarium.pusher.delivery.Delivery;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.util.ClockUtil;
import org.eclipse.californium.elements.util.NamedThreadFactory;

/** The protocol as a whole: a socket whose uplinks fetch the waiting commands. */
@Singleton
class CoapConnector implements ProtocolConnector {

    private static final long TICK_MILLIS = 20;

    private final HashedWheelTimer timer;
    private final CoapDelivery uplinks;
    private final CoapConnections connections;

    CoapConnector(CoapConfig config, Delivery delivery, PayloadParser parser, MeterRegistry registry, Clock clock) {
        this.timer = new HashedWheelTimer(new NamedThreadFactory("coap-timer-"), TICK_MILLIS, TimeUnit.MILLISECONDS);
        CoapMetrics metrics = new CoapMetrics(registry);
        this.uplinks = new CoapDelivery(config, delivery, parser, metrics, ClockUtil::nanoRealtime, timer);
        this.connections =
                CoapConnections.start(config, new CoapPaths(config, uplinks, delivery, clock)::resource, metrics);
    }

    InetSocketAddress socket() {
        return connections.address();
    }

    @Override
    public String address() {
        return "coap://" + socket().getHostString() + ":" + socket().getPort();
    }

    @Override
    public Optional<String> notReadyBecause() {
        return connections.isUp() ? Optional.empty() : Optional.of("the CoAP endpoint is closed");
    }

    @Override
    public OpenWork openWork() {
        return uplinks.unfinished();
    }

    /** Devices repeat what is not heard, to whoever listens then. */
    @Override
    public void stopIntake() {
        connections.stopIntake();
    }

    @Override
    public void stop() {
        connections.stop();
    }

    @Override
    public void release() {
        timer.stop();
    }
}
