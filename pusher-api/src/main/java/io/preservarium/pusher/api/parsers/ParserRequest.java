package io.preservarium.pusher.api.parsers;

import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The shape of a script with its companions, for the interface description; {@code ScriptJson} reads the bytes themselves. */
@Schema(name = "ParserRequest")
record ParserRequest(
        @Schema(description = "Text of the script, up to 256 KiB", required = true)
        String source,

        @Schema(description = "Text of each .proto file by its name")
        Optional<Map<String, String>> companions,

        @Schema(description = "{\"examples\": [...]}, as object or as text")
        Optional<Object> examples) {}
