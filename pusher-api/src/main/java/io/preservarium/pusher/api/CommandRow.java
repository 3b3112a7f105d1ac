package io.preservarium.pusher.api;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the view keeps of one command: a summary without the payload, once its record was read, and its events in the
 * order of the status partition. The two topics are read independently, so either may come first.
 */
record CommandRow(RequestId requestId, DeviceId deviceId, Optional<Accepted> accepted, List<StatusEvent> events) {

    /** A reply is waited for this long unless the command says otherwise. DESIGN section 3, reply_timeout_seconds. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);

    /** How long a connector's attempt may stay without an outcome. DESIGN section 3, ATTEMPT_LEASE. */
    private static final Duration ATTEMPT_LEASE = Duration.ofSeconds(15);

    /** Only after this does another service than the connector speak about a deadline. */
    static final Duration OVERDUE_AFTER = Duration.ofSeconds(60);

    /** More late events than this say nothing new and would let a row grow without end. */
    private static final int MAX_LATE = 50;

    CommandRow {
        events = List.copyOf(events);
    }

    /** The command record. A record that is no command has neither type nor protocol, expiry nor digest. */
    record Accepted(
            Instant at,
            String origin,
            Optional<String> commandType,
            Optional<Protocol> protocol,
            Optional<ParserRef> parser,
            Optional<Digest> parserSha256,
            Expectation expect,
            Optional<Instant> expiresAt,
            Optional<Duration> replyTimeout,
            Optional<Digest> digest) {

        static Accepted of(Command command, Instant at, String origin) {
            return new Accepted(
                    at,
                    origin,
                    Optional.of(command.commandType()),
                    Optional.of(command.protocol()),
                    command.parserScriptRef(),
                    command.parserScriptSha256(),
                    command.expect(),
                    Optional.of(command.expiresAt()),
                    command.replyTimeout(),
                    Optional.of(CommandDigest.of(command)));
        }

        static Accepted unreadable(Instant at, String origin) {
            return new Accepted(
                    at,
                    origin,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Expectation.SENT,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /** An event and whether it came too late to count. */
    record Seen(StatusEvent event, boolean late) {}

    record Folded(Progress progress, List<Seen> history) {}

    /** When the row has to be looked at again, and for what. */
    record Due(Instant at, Task task) {}

    enum Task {
        /** The command is finished or forgotten; nobody will ask any more. */
        REMOVE,
        /** Its deadline is long past and no connector said so. */
        GIVE_UP
    }

    static CommandRow unknown(RequestId request, DeviceId device) {
        return new CommandRow(request, device, Optional.empty(), List.of());
    }

    /** The first record counts; a second one with the same identity is the same command. */
    CommandRow with(Accepted record) {
        return accepted.isPresent() ? this : new CommandRow(requestId, deviceId, Optional.of(record), events);
    }

    /** The same row when the event repeats an earlier one. */
    CommandRow with(StatusEvent event) {
        Folded folded = fold();
        return switch (folded.progress().apply(event).effect()) {
            case DUPLICATE -> this;
            case COUNTED -> adding(event);
            case LATE -> {
                List<Seen> late = folded.history().stream().filter(Seen::late).toList();
                boolean known = late.stream()
                        .anyMatch(seen -> seen.event().state() == event.state()
                                && seen.event().attempt() == event.attempt());
                yield known || late.size() >= MAX_LATE ? this : adding(event);
            }
        };
    }

    private CommandRow adding(StatusEvent event) {
        List<StatusEvent> more = new ArrayList<>(events);
        more.add(event);
        return new CommandRow(requestId, deviceId, accepted, more);
    }

    Folded fold() {
        Progress progress = Progress.accepted();
        List<Seen> history = new ArrayList<>();
        for (StatusEvent event : events) {
            Progress.Fold fold = progress.apply(event);
            progress = fold.progress();
            switch (fold.effect()) {
                case COUNTED -> history.add(new Seen(event, event.late()));
                case LATE -> history.add(new Seen(event, true));
                case DUPLICATE -> {}
            }
        }
        return new Folded(progress, history);
    }

    Optional<String> commandType() {
        return accepted.flatMap(Accepted::commandType).or(() -> events.stream()
                .map(StatusEvent::commandType)
                .flatMap(Optional::stream)
                .findFirst());
    }

    Optional<Protocol> protocol() {
        return accepted.flatMap(Accepted::protocol).or(() -> events.stream()
                .map(StatusEvent::protocol)
                .flatMap(Optional::stream)
                .findFirst());
    }

    /** A row is looked at again at the end of its retention, or some time after its command should have been decided. */
    Due due(Duration retention, Duration defaultExpiry, Duration longestExpiry) {
        Progress progress = fold().progress();
        if (progress.isFinal()) {
            return new Due(progress.finalAt().orElseThrow().plus(retention), Task.REMOVE);
        }
        return accepted.map(record ->
                        new Due(deadline(record, progress, defaultExpiry).plus(OVERDUE_AFTER), Task.GIVE_UP))
                // Events of a command whose record nobody kept, or that is yet to be read.
                .orElseGet(() -> new Due(
                        events.stream()
                                .map(StatusEvent::at)
                                .max(Instant::compareTo)
                                .orElse(Instant.EPOCH)
                                .plus(longestExpiry)
                                .plus(retention),
                        Task.REMOVE));
    }

    /** No attempt begins at or after the expiry; one that began before it still has its lease and its reply time. */
    private static Instant deadline(Accepted record, Progress progress, Duration defaultExpiry) {
        Instant expiry = record.expiresAt().orElseGet(() -> record.at().plus(defaultExpiry));
        if (progress.attempt() == 0) {
            return expiry;
        }
        Instant lastSign = progress.sentAt()
                .filter(sent -> progress.sendingAt()
                        .map(sending -> !sent.isBefore(sending))
                        .orElse(true))
                .or(() -> progress.sendingAt().map(sending -> sending.plus(ATTEMPT_LEASE)))
                .orElse(expiry);
        Instant answered = lastSign.plus(record.replyTimeout().orElse(REPLY_TIMEOUT));
        return answered.isAfter(expiry) ? answered : expiry;
    }

    /** The event that ends an overdue command: never attempted means expired, otherwise nobody knows. */
    StatusEvent giveUp(Instant now, String source) {
        Progress progress = fold().progress();
        boolean attempted = progress.attempt() > 0;
        return new StatusEvent(
                requestId,
                deviceId,
                commandType(),
                protocol(),
                attempted ? CommandState.TIMED_OUT : CommandState.EXPIRED,
                true,
                attempted ? Optional.of(io.preservarium.pusher.command.Reason.OUTCOME_UNKNOWN) : Optional.empty(),
                Optional.of(
                        attempted
                                ? "the deadline passed and no connector said what became of attempt "
                                        + progress.attempt()
                                : "expires_at passed and no connector had begun an attempt"),
                now,
                source,
                progress.attempt(),
                false,
                Optional.empty(),
                Optional.empty(),
                java.util.Map.of());
    }
}
