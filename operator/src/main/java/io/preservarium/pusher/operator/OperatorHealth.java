package io.preservarium.pusher.operator;

import io.preservarium.pusher.operator.command.DeviceCommandReconciler;
import io.preservarium.pusher.operator.parser.ParserConfigMapReconciler;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: Kafka and pusher-api answered when they were last needed, or nothing was needed yet. Liveness asks for
 * nothing but the process, so an outage restarts nobody.
 */
@Readiness
@ApplicationScoped
class OperatorHealth implements HealthCheck {

    private final DeviceCommandReconciler commands;
    private final ParserConfigMapReconciler scripts;

    OperatorHealth(DeviceCommandReconciler commands, ParserConfigMapReconciler scripts) {
        this.commands = commands;
        this.scripts = scripts;
    }

    @Override
    public HealthCheckResponse call() {
        return commands.trouble()
                .or(scripts::trouble)
                .map(why -> HealthCheckResponse.named("kafka and pusher-api")
                        .down()
                        .withData("message", why)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("kafka and pusher-api"));
    }
}
