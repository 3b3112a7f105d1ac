package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.calls.messages.ParserResponse;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A script as it is shown, out of what the script topic and the connectors say of it. */
final class ParserResponses {

    private ParserResponses() {}

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
                statuses.stream().map(ParserResponses::status).toList(),
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
                        statuses.stream().map(ParserResponses::status).toList(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static ParserResponse.ConnectorStatus status(ScriptStatus status) {
        return new ParserResponse.ConnectorStatus(
                status.instance(),
                status.state().word(),
                status.sha256().map(Object::toString),
                status.message(),
                status.at());
    }

    private static List<ParserResponse.Layer> below(ParserLayer live, List<ScriptStatus> statuses) {
        return statuses.stream()
                .flatMap(status -> status.layers().entrySet().stream())
                .filter(version -> version.getKey().compareTo(live) < 0)
                .sorted(Map.Entry.<ParserLayer, Digest>comparingByKey().reversed())
                .map(version -> new ParserResponse.Layer(
                        version.getKey().word(), version.getValue().hex()))
                .distinct()
                .toList();
    }
}
