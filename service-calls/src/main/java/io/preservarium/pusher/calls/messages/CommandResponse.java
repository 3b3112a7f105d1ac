package io.preservarium.pusher.calls.messages;

import io.preservarium.pusher.command.wire.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of one request; in a batch {@code error}, {@code violations} and {@code outcome} say why an item failed. */
@RegisterForReflection
@Schema(name = "CommandResponse")
public record CommandResponse(
        @Schema(description = "Whether the command is in Kafka", required = true)
        boolean success,

        @Schema(description = "Asks for the status later; left out only for a batch item that has none")
        Optional<String> requestId,

        @Schema(required = true) String message,

        @Schema(description = "When the command was accepted", required = true)
        Instant timestamp,

        @Schema(description = "Of a failed batch item: what kind of problem")
        Optional<String> error,

        Optional<List<Violation>> violations,

        @Schema(enumeration = {"not_sent", "unknown"}) Optional<String> outcome) {

    public static CommandResponse success(String requestId, String message, Instant at) {
        return new CommandResponse(
                true, Optional.of(requestId), message, at, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
