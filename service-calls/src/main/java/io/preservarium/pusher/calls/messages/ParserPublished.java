package io.preservarium.pusher.calls.messages;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The version that is live now. */
@RegisterForReflection
@Schema(name = "ParserPublished")
public record ParserPublished(
        @Schema(required = true) String ref,
        @Schema(required = true) String sha256,

        @Schema(description = "How many examples it passed", required = true)
        int examples,

        @Schema(required = true) String owner) {
    public ParserPublished {
        Objects.requireNonNull(ref, "ref");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(owner, "owner");
    }
}
