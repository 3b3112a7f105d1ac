package io.preservarium.pusher.api.status;

import io.preservarium.pusher.calls.messages.CommandStatusResponse;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The status of a command as it is shown, out of its row. */
public final class StatusResponses {

    /** Which of the device's requests an attempt answers; connectors wrote it among the facts once. */
    private static final String INTERNAL = "exchange";

    private StatusResponses() {}

    public static CommandStatusResponse of(CommandRow row) {
        CommandRow.Folded folded = row.fold();
        Progress progress = folded.progress();
        List<CommandStatusResponse.Entry> history = new ArrayList<>();
        row.accepted().map(StatusResponses::accepted).ifPresent(history::add);
        folded.history().forEach(seen -> history.add(entry(seen.event(), seen.late())));
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
                progress.parser().map(StatusResponses::parser).or(() -> row.accepted()
                        .flatMap(StatusResponses::named)),
                progress.bytes().map(StatusResponses::bytes),
                counted.stream()
                        .map(StatusResponses::facts)
                        .flatMap(Optional::stream)
                        .reduce((earlier, later) -> later),
                List.copyOf(history));
    }

    private static CommandStatusResponse.Entry entry(StatusEvent event, boolean late) {
        return new CommandStatusResponse.Entry(
                event.state().word(),
                event.at(),
                event.attempt(),
                event.reason().map(Reason::name),
                event.message(),
                event.source(),
                late,
                event.parser().map(StatusResponses::parser),
                event.bytes().map(StatusResponses::bytes),
                facts(event));
    }

    private static CommandStatusResponse.Entry accepted(CommandRow.Accepted accepted) {
        return new CommandStatusResponse.Entry(
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

    private static CommandStatusResponse.Parser parser(ParserVersion version) {
        return new CommandStatusResponse.Parser(
                version.ref().value(), Optional.of(version.sha256().hex()));
    }

    private static CommandStatusResponse.Bytes bytes(StatusEvent.SentBytes bytes) {
        return new CommandStatusResponse.Bytes(bytes.length(), bytes.sha256().hex());
    }

    private static Optional<CommandStatusResponse.Parser> named(CommandRow.Accepted accepted) {
        return accepted.parser()
                .map(ref -> new CommandStatusResponse.Parser(
                        ref.value(), accepted.parserSha256().map(Digest::hex)));
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
                        .map(StatusResponses::withoutNulls)
                        .toList();
            default -> value;
        };
    }
}
