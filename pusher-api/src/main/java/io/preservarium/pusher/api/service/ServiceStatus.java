package io.preservarium.pusher.api.service;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the service is. */
@RegisterForReflection
@Schema(name = "ServiceStatus")
public record ServiceStatus(
        @Schema(required = true, examples = "pusher-api") String service,
        @Schema(required = true) String version,
        @Schema(required = true) boolean kafkaConnected,

        @Schema(required = true, description = "ISO 8601 duration", examples = "PT26H3M1S")
        String uptime,

        @Schema(required = true, description = "Commands accepted since the start")
        long commandsProcessed,

        Optional<String> lastError) {}
