package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How far a command has come, with the evidence for it; what is not known is left out. */
@RegisterForReflection
@Schema(name = "CommandStatusResponse")
public record CommandStatusResponse(
        @Schema(required = true) String requestId,
        @Schema(required = true) String deviceId,
        Optional<String> commandType,

        @Schema(enumeration = {"coap", "mqtt"}) Optional<String> protocol,

        @Schema(description = "Digest of what the command says, whatever its expiry and the order of its keys")
        Optional<String> commandSha256,

        @Schema(
                required = true,
                enumeration = {
                    "accepted",
                    "queued",
                    "sending",
                    "sent",
                    "delivered",
                    "succeeded",
                    "failed",
                    "expired",
                    "cancelled",
                    "timed_out"
                })
        String state,

        @Schema(name = "final", required = true, description = "Whether the command is finished")
        boolean _final,

        @Schema(description = "Why, as one word for programs", examples = "PARSER_NOT_FOUND")
        Optional<String> reason,

        @Schema(description = "Why, for people") Optional<String> message,
        Optional<Instant> acceptedAt,
        Optional<Instant> queuedAt,
        Optional<Instant> sentAt,
        Optional<Instant> finishedAt,
        Optional<Instant> expiresAt,

        @Schema(required = true, description = "Attempts begun so far")
        int attempts,

        Optional<Parser> parser,
        Optional<Bytes> bytes,

        @Schema(description = "Facts of the protocol about the latest attempt")
        Optional<Map<String, Object>> delivery,

        @Schema(required = true, description = "Acceptance and every event, in the order of the record")
        List<Entry> history) {

    /** Which of the device's requests an attempt answers; connectors wrote it among the facts once. */
    private static final String INTERNAL = "exchange";

    /** The script, and the version of it as soon as one is known. */
    @RegisterForReflection
    @Schema(name = "StatusParser")
    public record Parser(@Schema(required = true) String ref, Optional<String> sha256) {
        private static Parser of(ParserVersion version) {
            return new Parser(
                    version.ref().value(), Optional.of(version.sha256().hex()));
        }
    }

    /** What went out, without the bytes themselves. */
    @RegisterForReflection
    @Schema(name = "StatusBytes")
    public record Bytes(
            @Schema(required = true) int length,
            @Schema(required = true) String sha256) {
        private static Bytes of(StatusEvent.SentBytes bytes) {
            return new Bytes(bytes.length(), bytes.sha256().hex());
        }
    }

    /** One piece of evidence. */
    @RegisterForReflection
    @Schema(name = "StatusHistoryEntry")
    public record Entry(
            @Schema(required = true) String state,

            @Schema(required = true, description = "When it happened")
            Instant at,

            @Schema(required = true, description = "0 before the first")
            int attempt,

            Optional<String> reason,
            Optional<String> message,

            @Schema(required = true, description = "Who says so")
            String source,

            @Schema(required = true, description = "Came after the command was finished and changed nothing")
            boolean late,

            Optional<Parser> parser,
            Optional<Bytes> bytes,
            Optional<Map<String, Object>> delivery) {

        private static Entry of(StatusEvent event, boolean late) {
            return new Entry(
                    event.state().word(),
                    event.at(),
                    event.attempt(),
                    event.reason().map(Reason::name),
                    event.message(),
                    event.source(),
                    late,
                    event.parser().map(Parser::of),
                    event.bytes().map(Bytes::of),
                    facts(event));
        }

        private static Entry accepted(CommandRow.Accepted accepted) {
            return new Entry(
                    CommandState.ACCEPTED.word(),
                    accepted.at(),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    accepted.origin().word(),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    public static CommandStatusResponse of(CommandRow row) {
        CommandRow.Folded folded = row.fold();
        Progress progress = folded.progress();
        List<Entry> history = new ArrayList<>();
        row.accepted().map(Entry::accepted).ifPresent(history::add);
        folded.history().forEach(seen -> history.add(Entry.of(seen.event(), seen.late())));
        List<StatusEvent> counted = folded.history().stream()
                .filter(seen -> !seen.late())
                .map(CommandRow.Seen::event)
                .toList();
        return new CommandStatusResponse(
                row.requestId().value(),
                row.deviceId().value(),
                row.commandType(),
                row.protocol().map(Protocol::word),
                row.accepted().flatMap(CommandRow.Accepted::digest).map(Digest::hex),
                progress.state().word(),
                progress.isFinal(),
                progress.reason().map(Reason::name),
                progress.message(),
                row.accepted().map(CommandRow.Accepted::at),
                counted.stream()
                        .filter(event -> event.state() == CommandState.QUEUED)
                        .map(StatusEvent::at)
                        .findFirst(),
                progress.sentAt(),
                progress.finalAt(),
                row.accepted().flatMap(CommandRow.Accepted::expiresAt),
                progress.attempt(),
                progress.parser().map(Parser::of).or(() -> row.accepted().flatMap(CommandStatusResponse::named)),
                progress.bytes().map(Bytes::of),
                counted.stream()
                        .map(CommandStatusResponse::facts)
                        .flatMap(Optional::stream)
                        .reduce((earlier, later) -> later),
                List.copyOf(history));
    }

    private static Optional<Parser> named(CommandRow.Accepted accepted) {
        return accepted.parser()
                .map(ref -> new Parser(ref.value(), accepted.parserSha256().map(Digest::hex)));
    }

    private static Optional<Map<String, Object>> facts(StatusEvent event) {
        Map<String, Object> facts = withoutNulls(event.delivery());
        facts.remove(INTERNAL);
        return facts.isEmpty() ? Optional.empty() : Optional.of(facts);
    }

    /** A JSON null is an absent fact; the model's word for it is no JSON. */
    private static Map<String, Object> withoutNulls(Map<?, ?> facts) {
        Map<String, Object> kept = new LinkedHashMap<>();
        facts.forEach((name, value) -> {
            if (value != JsonNull.NULL) {
                kept.put(String.valueOf(name), withoutNulls(value));
            }
        });
        return kept;
    }

    private static Object withoutNulls(Object value) {
        return switch (value) {
            case Map<?, ?> map -> withoutNulls(map);
            case List<?> list ->
                list.stream()
                        .filter(item -> item != JsonNull.NULL)
                        .map(CommandStatusResponse::withoutNulls)
                        .toList();
            default -> value;
        };
    }
}
