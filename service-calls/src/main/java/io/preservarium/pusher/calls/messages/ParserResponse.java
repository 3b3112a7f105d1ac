package io.preservarium.pusher.calls.messages;

import io.preservarium.pusher.command.ParserLayer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A parser script as the list shows it; asked for alone, with its text if that is on the script topic. */
@RegisterForReflection
@Schema(name = "Parser")
public record ParserResponse(
        @Schema(required = true, examples = "valve.py") String ref,

        @Schema(description = "Digest of source and companions of the live version", required = true)
        String sha256,

        @Schema(
                required = true,
                enumeration = {"python", "javascript"})
        String language,

        @Schema(
                description = "Where the live version comes from: the script topic, a folder of the connectors"
                        + " (PARSER_SCRIPTS_DIR), or packaged with them",
                required = true,
                enumeration = {"topic", "directory", "shipped"})
        String layer,

        @Schema(description = "Versions of the same name that it shadows", required = true)
        List<Layer> shadows,

        @Schema(description = "Who may change it: rest, or configmap:namespace/name; only on the topic")
        Optional<String> owner,

        @Schema(description = "Only on the topic") Optional<Instant> publishedAt,

        @Schema(description = "Digest of the version before, on the topic")
        Optional<String> previousSha256,

        @Schema(description = "What each connector made of it", required = true)
        List<ConnectorStatus> statuses,

        @Schema(description = "The script's text") Optional<String> source,

        @Schema(description = "Text of each .proto file by its name")
        Optional<Map<String, String>> companions,

        @Schema(description = "Text of the examples") Optional<String> examples) {

    /** The layer that REST and ConfigMaps write to. */
    private static final String TOPIC = ParserLayer.TOPIC.word();

    /** Only name and digest must be there; of the rest another release may say less. */
    public ParserResponse {
        Objects.requireNonNull(ref, "ref");
        Objects.requireNonNull(sha256, "sha256");
        language = Objects.requireNonNullElse(language, "");
        layer = Objects.requireNonNullElse(layer, TOPIC);
        shadows = List.copyOf(Objects.requireNonNullElse(shadows, List.of()));
        statuses = List.copyOf(Objects.requireNonNullElse(statuses, List.of()));
    }

    /** A version below the live one. */
    @RegisterForReflection
    @Schema(name = "ParserLayer")
    public record Layer(
            @Schema(
                    required = true,
                    enumeration = {"directory", "shipped"})
            String layer,

            @Schema(required = true) String sha256) {}

    /** One connector instance about this script. */
    @RegisterForReflection
    @Schema(name = "ParserConnectorStatus")
    public record ConnectorStatus(
            @Schema(required = true) String instance,

            @Schema(
                    required = true,
                    enumeration = {"live", "refused", "shadowed", "removed"})
            String state,

            Optional<String> sha256,
            Optional<String> message,

            @Schema(required = true) Instant at) {}
}
