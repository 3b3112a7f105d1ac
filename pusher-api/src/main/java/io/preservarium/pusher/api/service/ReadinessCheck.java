package io.preservarium.pusher.api.service;

import io.preservarium.pusher.api.status.CommandStatusView;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The same answer as /health for /q/health/ready; there is no liveness check, so liveness never depends on Kafka. */
@Readiness
final class ReadinessCheck implements HealthCheck {

    private static final String NAME = "Kafka and the status view";

    private final CommandStatusView view;

    ReadinessCheck(CommandStatusView view) {
        this.view = view;
    }

    @Override
    public HealthCheckResponse call() {
        return view.trouble()
                .map(why -> HealthCheckResponse.named(NAME)
                        .down()
                        .withData("message", why)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up(NAME));
    }
}
