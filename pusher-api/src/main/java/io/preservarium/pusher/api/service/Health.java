package io.preservarium.pusher.api.service;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The one word that load balancers and containers ask for. */
@RegisterForReflection
@Schema(name = "Health")
public record Health(
        @Schema(required = true, examples = "healthy") String status) {}
