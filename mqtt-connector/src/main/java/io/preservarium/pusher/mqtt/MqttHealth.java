package io.preservarium.pusher.mqtt;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: the broker is connected, the parser scripts are listed and commands are handed out. Nothing is routed to
 * this service by it, so an absent broker makes it visible and holds a rollout, no more. Liveness asks for nothing but
 * the process itself, so an outage of broker or Kafka restarts nobody.
 */
@Readiness
@ApplicationScoped
class MqttHealth implements HealthCheck {

    private final MqttConnector connector;

    MqttHealth(MqttConnector connector) {
        this.connector = connector;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> reason = connector.notReadyBecause();
        return HealthCheckResponse.named("mqtt-connector")
                .status(reason.isEmpty())
                .withData("broker", connector.broker())
                .withData("waiting-for", reason.orElse("nothing"))
                .build();
    }
}
