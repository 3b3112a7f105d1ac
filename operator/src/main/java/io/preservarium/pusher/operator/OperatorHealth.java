package io.preservarium.pusher.operator;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: Kafka and the status API answered when they were last needed, or nothing was needed yet. Liveness asks for
 * nothing but the process, so an outage restarts nobody.
 */
@Readiness
@ApplicationScoped
class OperatorHealth implements HealthCheck {

    private final DeviceCommandReconciler reconciler;

    OperatorHealth(DeviceCommandReconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Override
    public HealthCheckResponse call() {
        return reconciler
                .trouble()
                .map(why -> HealthCheckResponse.named("kafka and status api")
                        .down()
                        .withData("message", why)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("kafka and status api"));
    }
}
