package io.preservarium.pusher.connector;

import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.Route;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The connector as a whole. Its parts start in the order in which they need each other: route, parser, delivery,
 * protocol. They stop in the order that loses nothing.
 */
@Startup
@Singleton
public class ConnectorLifecycle {

    private final ConnectorConfig config;
    private final String name;
    private final ProtocolConnector connector;
    private final Delivery delivery;
    private final PayloadParser parser;
    private final AtomicBoolean stopping = new AtomicBoolean();

    public ConnectorLifecycle(
            ConnectorConfig config, Route route, ProtocolConnector connector, Delivery delivery, PayloadParser parser) {
        this.config = config;
        this.name = route.protocol().word() + "-connector";
        this.connector = connector;
        this.delivery = delivery;
        this.parser = parser;
    }

    /** As logs, health and metrics call it. */
    String name() {
        return name;
    }

    /** Where the connector speaks with devices. */
    String address() {
        return connector.address();
    }

    /** Empty when commands are delivered, else what is waited for. */
    public Optional<String> notReadyBecause() {
        if (stopping.get()) {
            return Optional.of("the connector stops");
        }
        Optional<String> protocol = connector.notReadyBecause();
        if (protocol.isPresent()) {
            return protocol;
        }
        if (!parser.isReady()) {
            return Optional.of("the parser scripts are being read, some of them from Kafka");
        }
        return delivery.notReadyBecause();
    }

    void onShutdown(@Observes ShutdownEvent shutdown) {
        stop();
    }

    /** Finishes what is open within the drain time, then delivery leaves its group at once. */
    public void stop() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        connector.stopIntake();
        ConnectorLog.LOG.stopping(name, connector.openWork().count());
        drain();
        connector.stop();
        delivery.close();
        connector.release();
    }

    private void drain() {
        try {
            if (!connector.openWork().awaitNone(config.drain())) {
                ConnectorLog.LOG.undrained(name, connector.openWork().count());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
