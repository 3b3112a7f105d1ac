package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** From a command's record to its device's bytes, by the script that it names, unless the route cannot carry it anyway. */
final class CommandFormatter {

    /** Its expiry was decided at acceptance; no rule may shorten it on the way back. */
    private static final ExpiryRule AS_ACCEPTED = new ExpiryRule(Duration.ofDays(1), Duration.ofDays(4_000_000));

    private final Route route;
    private final PayloadParser parser;

    CommandFormatter(Route route, PayloadParser parser) {
        this.route = route;
        this.parser = parser;
    }

    /** The command in its record's bytes; empty when a newer program no longer reads what an older one accepted. */
    Optional<Command> read(Waiting waiting, byte[] record) {
        return switch (CommandJson.readRecord(
                record, waiting.requestId(), waiting.facts().acceptedAt(), AS_ACCEPTED)) {
            case CommandJson.Read.Valid(Command command) -> Optional.of(accepted(command, waiting));
            case CommandJson.Read.Invalid ignored -> Optional.empty();
        };
    }

    private static Command accepted(Command command, Waiting waiting) {
        return command.expiresAt().equals(waiting.facts().expiresAt())
                ? command
                : command.toBuilder().expiresAt(waiting.facts().expiresAt()).build();
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
