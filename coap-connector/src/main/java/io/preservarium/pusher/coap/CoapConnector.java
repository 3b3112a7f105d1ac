package io.preservarium.pusher.coap;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.HashedWheelTimer;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.delivery.Delivery;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.util.ClockUtil;
import org.eclipse.californium.elements.util.NamedThreadFactory;

/** The connector as a whole: what starts first, and what stops last. */
@Startup
@Singleton
class CoapConnector {

    private static final long DRAIN_LOOK_MILLIS = 10;
    private static final long TICK_MILLIS = 20;

    private final CoapConfig config;
    private final Delivery delivery;
    private final PayloadParser parser;
    private final HashedWheelTimer timer;
    private final CoapDelivery uplinks;
    private final CoapConnections connections;

    CoapConnector(CoapConfig config, Delivery delivery, PayloadParser parser, MeterRegistry registry, Clock clock) {
        this.config = config;
        this.delivery = delivery;
        this.parser = parser;
        this.timer = new HashedWheelTimer(new NamedThreadFactory("coap-timer-"), TICK_MILLIS, TimeUnit.MILLISECONDS);
        CoapMetrics metrics = new CoapMetrics(registry);
        this.uplinks = new CoapDelivery(config, delivery, parser, metrics, ClockUtil::nanoRealtime, timer);
        this.connections = CoapConnections.start(config, uplinks, delivery, clock, metrics);
    }

    InetSocketAddress address() {
        return connections.address();
    }

    Optional<String> notReadyBecause() {
        if (!connections.isUp()) {
            return Optional.of("the CoAP endpoint is closed");
        }
        if (!parser.isReady()) {
            return Optional.of("the parser scripts are being read, some of them from Kafka");
        }
        return delivery.notReadyBecause();
    }

    void onShutdown(@Observes ShutdownEvent shutdown) {
        stop();
    }

    /** Devices repeat what is not heard; what was heard is finished, then delivery leaves its group at once. */
    void stop() {
        connections.stopIntake();
        CoapLog.stopping(uplinks.unfinished());
        drain();
        connections.stop();
        delivery.close();
        timer.stop();
    }

    private void drain() {
        long end = System.nanoTime() + config.drain().toNanos();
        while (uplinks.unfinished() > 0 && end - System.nanoTime() > 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (uplinks.unfinished() > 0) {
            CoapLog.undrained(uplinks.unfinished());
        }
    }
}
