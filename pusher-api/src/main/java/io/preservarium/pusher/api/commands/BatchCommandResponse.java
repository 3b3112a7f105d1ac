package io.preservarium.pusher.api.commands;

import io.preservarium.pusher.calls.messages.CommandResponse;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of each command of a batch, in the order of the request. */
@RegisterForReflection
@Schema(name = "BatchCommandResponse")
public record BatchCommandResponse(
        @Schema(required = true) int totalCommands,
        @Schema(required = true) int successful,
        @Schema(required = true) int failed,
        @Schema(required = true) List<CommandResponse> results) {

    static BatchCommandResponse of(List<CommandResponse> results) {
        int successful = (int) results.stream().filter(CommandResponse::success).count();
        return new BatchCommandResponse(results.size(), successful, results.size() - successful, List.copyOf(results));
    }
}
