package io.preservarium.pusher.calls.messages;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Every script that a command can name, by name. */
@RegisterForReflection
@Schema(name = "ParserList")
public record ParserList(@Schema(required = true) List<ParserResponse> items) {
    public ParserList {
        items = List.copyOf(items);
    }
}
