package io.preservarium.pusher.operator.command.progress;

import io.preservarium.pusher.calls.ServiceAnswer;
import io.preservarium.pusher.calls.StatusCalls;
import io.preservarium.pusher.calls.messages.CommandStatusResponse;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApi;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks pusher-api whether a command is in Kafka and how far it has come: {@code GET /api/v1/commands/{id}/status}. */
public final class StatusApi {

    /** What it says. */
    public sealed interface Answer {
        /** {@code saysTheSame}: whether the command under this id is the one that was asked for. */
        record Known(Instant acceptedAt, Progress progress, boolean saysTheSame) implements Answer {}

        /** No such command, up to the end of the topic as it was at the question. */
        record Absent() implements Answer {}

        /** Nothing that can be relied on. */
        record Unavailable(String why) implements Answer {}
    }

    private final Optional<String> key;
    private final StatusCalls calls;

    public StatusApi(OperatorConfig.StatusApiSettings settings, PusherApi api) {
        this.key = settings.key();
        this.calls = api.client(StatusCalls.class, settings.timeout());
    }

    /** An id from a key may be that of another device's command, which is found too with {@code ofAnyDevice}. */
    public Answer ask(Command command, boolean ofAnyDevice) throws InterruptedException {
        Optional<String> device =
                ofAnyDevice ? Optional.empty() : Optional.of(command.deviceId().value());
        String id = command.requestId().value();
        return switch (ServiceAnswer.to(() -> calls.getCommandStatus(key, id, device))) {
            case ServiceAnswer.Missing missing -> new Answer.Unavailable(missing.why());
            case ServiceAnswer.Given given ->
                switch (given.status()) {
                    case 200 -> read(given, command);
                    case 404 ->
                        given.isProblem()
                                ? new Answer.Absent()
                                : new Answer.Unavailable("404 of something that is not pusher-api");
                    default -> new Answer.Unavailable("status " + given.status());
                };
        };
    }

    /** The history holds the command's events in the order of the record; they are folded like those from Kafka. */
    private static Answer read(ServiceAnswer.Given given, Command command) {
        return given.read(CommandStatusResponse.class)
                .filter(status -> status.requestId().equals(command.requestId().value()))
                .map(status -> known(status, command))
                .orElseGet(() -> new Answer.Unavailable("an answer that is not this command's status"));
    }

    private static Answer known(CommandStatusResponse status, Command command) {
        Progress progress = Progress.accepted();
        for (CommandStatusResponse.Entry entry : status.history()) {
            Optional<StatusEvent> event = event(entry, command);
            if (event.isPresent()) {
                progress = progress.apply(event.get()).progress();
            }
        }
        String said = CommandDigest.of(command).hex();
        return new Answer.Known(
                status.acceptedAt().orElse(command.timestamp()),
                progress,
                status.commandSha256().map(said::equals).orElse(true));
    }

    /** Empty for the acceptance, and for what a later release may say. */
    private static Optional<StatusEvent> event(CommandStatusResponse.Entry entry, Command command) {
        return CommandState.of(entry.state())
                .filter(state -> state != CommandState.ACCEPTED)
                .map(state -> new StatusEvent(
                        command.requestId(),
                        command.deviceId(),
                        Optional.empty(),
                        Optional.empty(),
                        state,
                        state.isFinal(command.expect()),
                        entry.reason().flatMap(Reason::of),
                        entry.message(),
                        entry.at(),
                        entry.source(),
                        Math.max(0, entry.attempt()),
                        entry.late(),
                        entry.parser().flatMap(StatusApi::parser),
                        entry.bytes().flatMap(StatusApi::bytes),
                        Map.of()));
    }

    private static Optional<ParserVersion> parser(CommandStatusResponse.Parser parser) {
        return parser.sha256()
                .flatMap(sha -> valid(() -> new ParserVersion(new ParserRef(parser.ref()), new Digest(sha))));
    }

    private static Optional<StatusEvent.SentBytes> bytes(CommandStatusResponse.Bytes bytes) {
        return valid(() -> new StatusEvent.SentBytes(bytes.length(), new Digest(bytes.sha256())));
    }

    /** A value that breaks its rule counts as absent. */
    private static <T> Optional<T> valid(Supplier<T> birth) {
        try {
            return Optional.of(birth.get());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
