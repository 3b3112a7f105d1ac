package io.preservarium.pusher.coap;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: the endpoint listens, the parser scripts are listed and commands are handed out. Liveness asks for nothing
 * but the process itself, so an outage of Kafka restarts nobody.
 */
@Readiness
@ApplicationScoped
class CoapHealth implements HealthCheck {

    private final CoapConnector connector;

    CoapHealth(CoapConnector connector) {
        this.connector = connector;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> reason = connector.notReadyBecause();
        return HealthCheckResponse.named("coap-connector")
                .status(reason.isEmpty())
                .withData(
                        "coap",
                        "coap://" + connector.address().getHostString() + ":"
                                + connector.address().getPort())
                .withData("waiting-for", reason.orElse("nothing"))
                .build();
    }
}
