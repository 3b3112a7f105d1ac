package io.preservarium.pusher.api.parsers;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The version that is live now. */
@RegisterForReflection
@Schema(name = "ParserPublished")
public record ParserPublished(
        @Schema(required = true) String ref,
        @Schema(required = true) String sha256,

        @Schema(description = "How many examples it passed", required = true)
        int examples,

        @Schema(required = true) String owner) {}
