package io.preservarium.pusher.api.telemetry;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Counts since the start; /q/metrics has them and more for Prometheus. */
@RegisterForReflection
@Schema(name = "ServiceMetrics")
public record ServiceMetrics(
        @Schema(required = true, description = "New commands that are in Kafka")
        long commandsAccepted,

        @Schema(required = true, description = "Repetitions of commands that already were")
        long commandsReplayed,

        @Schema(required = true, description = "Requests that broke a rule or met another command under their id")
        long commandsRejected,

        @Schema(required = true, description = "Commands that Kafka did not take")
        long commandsFailed,

        @Schema(required = true) long cancellationsRequested,

        @Schema(required = true, description = "Status records that are no status events")
        long statusRecordsSkipped,

        @Schema(required = true, description = "Commands given up for a silent connector")
        long commandsOverdue,

        @Schema(required = true) Map<String, ByProtocol> byProtocol,
        @Schema(required = true) String uptime,
        Optional<String> lastError) {

    /** The same counts for one protocol. */
    @RegisterForReflection
    public record ByProtocol(
            @Schema(required = true) long accepted,
            @Schema(required = true) long replayed,
            @Schema(required = true) long failed) {}
}
