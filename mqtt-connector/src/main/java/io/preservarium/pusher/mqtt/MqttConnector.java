package io.preservarium.pusher.mqtt;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.connector.OpenWork;
import io.preservarium.pusher.connector.ProtocolConnector;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.mqtt.endpoint.MqttConfig;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import io.preservarium.pusher.mqtt.endpoint.MqttMetrics;
import io.preservarium.pusher.mqtt.push.MqttDelivery;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The protocol as a whole: a broker's session to which commands are published when their devices' turn comes. */
@Singleton
class MqttConnector implements ProtocolConnector {

    private final MqttConnections connections;
    private final ExecutorService serving;
    private final MqttDelivery commands;

    MqttConnector(
            MqttConfig config,
            Delivery delivery,
            MqttConnections connections,
            Turns turns,
            MeterRegistry registry,
            Clock clock) {
        this.connections = connections;
        this.serving = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("mqtt-turns").factory());
        MqttMetrics metrics = new MqttMetrics(registry);
        this.commands = new MqttDelivery(config.inFlight(), delivery, connections, turns, metrics, clock, serving);
        turns.serve(commands::serve, delivery::offerMore);
        connections.start(
                () -> {
                    metrics.connected();
                    delivery.resume();
                },
                turns::clear);
    }

    @Override
    public String address() {
        return "mqtt://" + connections.broker();
    }

    @Override
    public Optional<String> notReadyBecause() {
        return connections.awayBecause().map(why -> "the broker " + connections.broker() + ": " + why);
    }

    @Override
    public OpenWork openWork() {
        return commands.unfinished();
    }

    /** No turn is given out any more; the commands wait for whoever connects then. */
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
        serving.shutdownNow();
    }
}
