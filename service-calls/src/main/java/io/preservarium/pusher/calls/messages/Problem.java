package io.preservarium.pusher.calls.messages;

import io.preservarium.pusher.command.wire.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An error as every call answers it. RFC 9457, with {@code error} for clients of the first interface. */
@RegisterForReflection(targets = {Problem.class, Violation.class})
@Schema(name = "Problem", description = "RFC 9457 problem details")
public record Problem(
        @Schema(description = "What kind of problem, as one word", examples = "CommandValidationError", required = true)
        String type,

        @Schema(required = true) String title,
        @Schema(required = true) int status,

        @Schema(description = "What is wrong in this request, for people", required = true)
        String detail,

        @Schema(description = "The same as detail", required = true)
        String error,

        @Schema(description = "Each field that breaks its rule", required = true)
        List<Violation> violations,

        @Schema(description = "The command it is about; repeating with this id is safe")
        Optional<String> requestId,

        @Schema(
                description = "Whether the command may be in Kafka although this failed",
                enumeration = {"not_sent", "unknown"})
        Optional<String> outcome,

        @Schema(description = "Of a batch that Kafka did not take: each command, with its id")
        Optional<List<CommandResponse>> results) {

    /** What something else than pusher-api leaves out is empty. */
    public Problem {
        type = Objects.requireNonNullElse(type, "");
        title = Objects.requireNonNullElse(title, "");
        detail = Objects.requireNonNullElse(detail, "");
        error = Objects.requireNonNullElse(error, "");
        violations = List.copyOf(Objects.requireNonNullElse(violations, List.of()));
    }
}
