package io.preservarium.pusher.calls.messages;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How far a command has come, with the evidence for it; what is not known is left out. */
@RegisterForReflection
@Schema(name = "CommandStatusResponse")
public record CommandStatusResponse(
        @Schema(required = true) String requestId,
        @Schema(required = true) String deviceId,
        Optional<String> commandType,

        @Schema(enumeration = {"coap", "mqtt"}) Optional<String> protocol,

        @Schema(description = "Digest of what the command says, whatever its expiry and the order of its keys")
        Optional<String> commandSha256,

        @Schema(
                required = true,
                enumeration = {
                    "accepted",
                    "queued",
                    "sending",
                    "sent",
                    "delivered",
                    "succeeded",
                    "failed",
                    "expired",
                    "cancelled",
                    "timed_out"
                })
        String state,

        @Schema(name = "final", required = true, description = "Whether the command is finished")
        boolean _final,

        @Schema(description = "Why, as one word for programs", examples = "PARSER_NOT_FOUND")
        Optional<String> reason,

        @Schema(description = "Why, for people") Optional<String> message,
        Optional<Instant> acceptedAt,
        Optional<Instant> queuedAt,
        Optional<Instant> sentAt,
        Optional<Instant> finishedAt,
        Optional<Instant> expiresAt,

        @Schema(required = true, description = "Attempts begun so far")
        int attempts,

        Optional<Parser> parser,
        Optional<Bytes> bytes,

        @Schema(description = "Facts of the protocol about the latest attempt")
        Optional<Map<String, Object>> delivery,

        @Schema(required = true, description = "Acceptance and every event, in the order of the record")
        List<Entry> history) {

    public CommandStatusResponse {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(deviceId, "device_id");
        Objects.requireNonNull(state, "state");
        history = List.copyOf(history);
    }

    /** The script, and the version of it as soon as one is known. */
    @RegisterForReflection
    @Schema(name = "StatusParser")
    public record Parser(@Schema(required = true) String ref, Optional<String> sha256) {
        public Parser {
            Objects.requireNonNull(ref, "ref");
        }
    }

    /** What went out, without the bytes themselves. */
    @RegisterForReflection
    @Schema(name = "StatusBytes")
    public record Bytes(
            @Schema(required = true) int length,
            @Schema(required = true) String sha256) {
        public Bytes {
            Objects.requireNonNull(sha256, "sha256");
        }
    }

    /** One piece of evidence. */
    @RegisterForReflection
    @Schema(name = "StatusHistoryEntry")
    public record Entry(
            @Schema(required = true) String state,

            @Schema(required = true, description = "When it happened")
            Instant at,

            @Schema(required = true, description = "0 before the first")
            int attempt,

            Optional<String> reason,
            Optional<String> message,

            @Schema(required = true, description = "Who says so")
            String source,

            @Schema(required = true, description = "Came after the command was finished and changed nothing")
            boolean late,

            Optional<Parser> parser,
            Optional<Bytes> bytes,
            Optional<Map<String, Object>> delivery) {

        public Entry {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(source, "source");
        }
    }
}
