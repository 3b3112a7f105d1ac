package io.preservarium.pusher.connector;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: devices can be spoken with, the parser scripts are listed and commands are handed out. There is no check of
 * liveness on purpose: it asks for nothing but an answer of the process, so an outage of Kafka or a broker restarts nobody.
 */
@Readiness
@ApplicationScoped
class ConnectorReadiness implements HealthCheck {

    private final ConnectorLifecycle connector;

    ConnectorReadiness(ConnectorLifecycle connector) {
        this.connector = connector;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> reason = connector.notReadyBecause();
        return HealthCheckResponse.named(connector.name())
                .status(reason.isEmpty())
                .withData("address", connector.address())
                .withData("waiting-for", reason.orElse("nothing"))
                .build();
    }
}
