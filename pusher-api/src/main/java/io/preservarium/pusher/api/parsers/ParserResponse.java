package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

            @Schema(required = true) Instant at) {

        static ConnectorStatus of(ScriptStatus status) {
            return new ConnectorStatus(
                    status.instance(),
                    status.state().word(),
                    status.sha256().map(Object::toString),
                    status.message(),
                    status.at());
        }
    }

    static ParserResponse listed(
            PublishedScript script, List<ScriptStatus> statuses, Optional<PublishedScript> before) {
        return published(script, statuses, before, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static ParserResponse whole(PublishedScript script, List<ScriptStatus> statuses, Optional<PublishedScript> before) {
        return published(
                script,
                statuses,
                before,
                Optional.of(script.source()),
                Optional.of(script.companions()),
                script.examples());
    }

    private static ParserResponse published(
            PublishedScript script,
            List<ScriptStatus> statuses,
            Optional<PublishedScript> before,
            Optional<String> source,
            Optional<Map<String, String>> companions,
            Optional<String> examples) {
        return new ParserResponse(
                script.ref().value(),
                script.sha256().hex(),
                script.ref().language(),
                ParserLayer.TOPIC.word(),
                below(ParserLayer.TOPIC, statuses),
                Optional.of(script.owner()),
                Optional.of(script.publishedAt()),
                before.map(version -> version.sha256().hex()),
                statuses.stream().map(ConnectorStatus::of).toList(),
                source,
                companions,
                examples);
    }

    /** Empty if no connector has it in files. */
    static Optional<ParserResponse> inFiles(ParserRef ref, List<ScriptStatus> statuses) {
        return statuses.stream()
                .flatMap(status -> status.layers().entrySet().stream())
                .filter(version -> version.getKey() != ParserLayer.TOPIC)
                .max(Map.Entry.comparingByKey())
                .map(live -> new ParserResponse(
                        ref.value(),
                        live.getValue().hex(),
                        ref.language(),
                        live.getKey().word(),
                        below(live.getKey(), statuses),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        statuses.stream().map(ConnectorStatus::of).toList(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static List<Layer> below(ParserLayer live, List<ScriptStatus> statuses) {
        return statuses.stream()
                .flatMap(status -> status.layers().entrySet().stream())
                .filter(version -> version.getKey().compareTo(live) < 0)
                .sorted(Map.Entry.<ParserLayer, Digest>comparingByKey().reversed())
                .map(version ->
                        new Layer(version.getKey().word(), version.getValue().hex()))
                .distinct()
                .toList();
    }
}
