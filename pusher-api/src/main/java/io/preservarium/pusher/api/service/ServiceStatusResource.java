package io.preservarium.pusher.api.service;

import io.preservarium.pusher.api.status.CommandStatusView;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.api.telemetry.ServiceMetrics;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The service about itself. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "service")
class ServiceStatusResource {

    private final CommandStatusView view;
    private final Counts counts;
    private final String version;

    ServiceStatusResource(
            CommandStatusView view,
            Counts counts,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.view = view;
        this.counts = counts;
        this.version = version;
    }

    @GET
    @Path("/status")
    @Operation(operationId = "getServiceStatus", summary = "Ask how the service is")
    @APIResponse(responseCode = "200", description = "Always, even when Kafka is away")
    public ServiceStatus getServiceStatus() {
        return new ServiceStatus(
                Counts.SERVICE,
                version,
                view.kafkaState().isConnected(),
                counts.uptime().toString(),
                counts.snapshot().commandsAccepted(),
                counts.lastError());
    }

    @GET
    @Path("/metrics")
    @Operation(operationId = "getMetrics", summary = "Ask for the counts since the start")
    @APIResponse(responseCode = "200", description = "The counts")
    public ServiceMetrics getMetrics() {
        return counts.snapshot();
    }
}
