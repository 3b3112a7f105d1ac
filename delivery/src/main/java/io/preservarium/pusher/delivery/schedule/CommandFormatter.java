package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.book.Body;
import io.preservarium.pusher.delivery.book.Waiting;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** From a command's record to its device's bytes, by the script that it names, unless the route cannot carry it anyway. */
final class CommandFormatter {

    private final Route route;
    private final PayloadParser parser;

    CommandFormatter(Route route, PayloadParser parser) {
        this.route = route;
        this.parser = parser;
    }

    /** The command in its record's bytes; empty when a newer program no longer reads what an older one accepted. */
    Optional<Command> read(Waiting waiting, Body body) {
        return body.command().or(() -> switch (CommandJson.readAccepted(
                body.record(),
                waiting.requestId(),
                waiting.facts().acceptedAt(),
                waiting.facts().expiresAt())) {
            case CommandJson.Read.Valid(Command command) -> Optional.of(command);
            case CommandJson.Read.Invalid ignored -> Optional.empty();
        });
    }

    CompletionStage<Formatted> format(Command command, Priority priority) {
        Optional<String> refusal = route.refusal(command);
        if (refusal.isPresent()) {
            return refused(Reason.INVALID_METADATA, refusal.get());
        }
        if (command.parserScriptRef().isEmpty()) {
            return refused(Reason.PARSER_NOT_FOUND, "the command names no parser script; set parser_script_ref");
        }
        return parser.format(
                command.parserScriptRef().get(),
                command.parserScriptSha256(),
                command,
                Map.of("metadata", command.metadata()),
                priority);
    }

    private static CompletionStage<Formatted> refused(Reason reason, String message) {
        return CompletableFuture.completedFuture(new Formatted.Refused(reason, message, Optional.empty()));
    }
}
