package io.preservarium.pusher.mqtt;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.delivery.Delivery;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The connector as a whole: what starts first, and what stops last. */
@Startup
@Singleton
class MqttConnector {

    private static final long DRAIN_LOOK_MILLIS = 10;

    private final MqttConfig config;
    private final Delivery delivery;
    private final PayloadParser parser;
    private final MqttConnections connections;
    private final ExecutorService serving;
    private final MqttDelivery commands;

    MqttConnector(
            MqttConfig config,
            Delivery delivery,
            PayloadParser parser,
            MqttConnections connections,
            MqttTurns turns,
            MeterRegistry registry,
            Clock clock) {
        this.config = config;
        this.delivery = delivery;
        this.parser = parser;
        this.connections = connections;
        this.serving = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("mqtt-turns").factory());
        MqttMetrics metrics = new MqttMetrics(registry);
        this.commands = new MqttDelivery(config.inFlight(), delivery, connections, turns, metrics, clock, serving);
        turns.whenAdded(commands::serve);
        connections.start(
                () -> {
                    metrics.connected();
                    delivery.resume();
                },
                turns::clear);
    }

    String broker() {
        return connections.broker();
    }

    Optional<String> notReadyBecause() {
        Optional<String> away = connections.awayBecause();
        if (away.isPresent()) {
            return Optional.of("the broker " + connections.broker() + ": " + away.get());
        }
        if (!parser.isReady()) {
            return Optional.of("the parser scripts are being read, some of them from Kafka");
        }
        return delivery.notReadyBecause();
    }

    void onShutdown(@Observes ShutdownEvent shutdown) {
        stop();
    }

    /** No turn is given out any more; what is in flight is finished, then delivery leaves its group at once. */
    void stop() {
        connections.stopIntake();
        MqttLog.stopping(commands.unfinished());
        drain();
        connections.stop();
        delivery.close();
        serving.shutdownNow();
    }

    private void drain() {
        long end = System.nanoTime() + config.drain().toNanos();
        while (commands.unfinished() > 0 && end - System.nanoTime() > 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (commands.unfinished() > 0) {
            MqttLog.undrained(commands.unfinished());
        }
    }
}
