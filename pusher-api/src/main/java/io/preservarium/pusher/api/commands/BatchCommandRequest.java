package io.preservarium.pusher.api.commands;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The shape of a batch, for the interface description. */
@Schema(name = "BatchCommandRequest", description = "At most 10 MB, each command at most 64 KiB")
record BatchCommandRequest(
        @Schema(required = true, minItems = 1, maxItems = CommandResource.MAX_BATCH)
        List<CommandRequest> commands) {}
