package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Turns a command into its device's bytes by the script that it names, unless the route cannot carry it anyway. */
final class CommandFormatter {

    private final Route route;
    private final PayloadParser parser;

    CommandFormatter(Route route, PayloadParser parser) {
        this.route = route;
        this.parser = parser;
    }

    CompletionStage<Formatted> format(Command command) {
        Optional<String> refusal = route.refusal(command);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(
                    new Formatted.Refused(Reason.INVALID_METADATA, refusal.get(), Optional.empty()));
        }
        if (command.parserScriptRef().isEmpty()) {
            return CompletableFuture.completedFuture(new Formatted.Refused(
                    Reason.PARSER_NOT_FOUND,
                    "the command names no parser script; set parser_script_ref",
                    Optional.empty()));
        }
        return parser.format(
                command.parserScriptRef().get(),
                command.parserScriptSha256(),
                command,
                Map.of("metadata", command.metadata()));
    }
}
