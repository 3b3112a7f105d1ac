package io.preservarium.pusher.api;

import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A parser script as the list shows it; asked for alone, with its text. */
@RegisterForReflection
@Schema(name = "Parser")
public record ParserResponse(
        @Schema(required = true, examples = "valve.py") String ref,

        @Schema(description = "Digest of source and companions of the live version", required = true)
        String sha256,

        @Schema(description = "Who may change it: rest, or configmap:namespace/name", required = true)
        String owner,

        @Schema(
                required = true,
                enumeration = {"python", "javascript"})
        String language,

        @Schema(
                description = "Where it comes from; scripts in files of the connectors are not listed",
                required = true,
                enumeration = "topic")
        String layer,

        @Schema(required = true) Instant publishedAt,

        @Schema(description = "Digest of the version before")
        Optional<String> previousSha256,

        @Schema(description = "What each connector made of it", required = true)
        List<ConnectorStatus> statuses,

        @Schema(description = "The script's text") Optional<String> source,

        @Schema(description = "Text of each .proto file by its name")
        Optional<Map<String, String>> companions,

        @Schema(description = "Text of the examples") Optional<String> examples) {

    static final String TOPIC = "topic";

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

    static ParserResponse listed(PublishedScript script, ParserScriptView view) {
        return of(script, view, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static ParserResponse whole(PublishedScript script, ParserScriptView view) {
        return of(script, view, Optional.of(script.source()), Optional.of(script.companions()), script.examples());
    }

    private static ParserResponse of(
            PublishedScript script,
            ParserScriptView view,
            Optional<String> source,
            Optional<Map<String, String>> companions,
            Optional<String> examples) {
        return new ParserResponse(
                script.ref().value(),
                script.sha256().hex(),
                script.owner(),
                script.language(),
                TOPIC,
                script.publishedAt(),
                view.previous(script.ref()).map(before -> before.sha256().hex()),
                view.statuses(script.ref()).stream().map(ConnectorStatus::of).toList(),
                source,
                companions,
                examples);
    }
}
