package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the view keeps of one command: a summary without the payload, once its record was read, and its events in the
 * order of the status partition. The two topics are read independently, so either may come first. {@code lastRead} is
 * the time of the newest of these records.
 */
public record CommandRow(
        RequestId requestId,
        DeviceId deviceId,
        Optional<Accepted> accepted,
        List<StatusEvent> events,
        Instant lastRead) {

    /** A reply is waited for this long unless the command says otherwise. DESIGN section 3, reply_timeout_seconds. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);

    /** How long a connector's attempt may stay without an outcome. DESIGN section 3, ATTEMPT_LEASE. */
    private static final Duration ATTEMPT_LEASE = Duration.ofSeconds(15);

    /** Only after this does another service than the connector speak about a deadline. */
    public static final Duration OVERDUE_AFTER = Duration.ofSeconds(60);

    public CommandRow {
        events = List.copyOf(events);
    }

    /** The command record. A record that is no command has neither type nor protocol, expiry nor digest. */
    public record Accepted(
            Instant at,
            Origin origin,
            Optional<String> commandType,
            Optional<Protocol> protocol,
            Optional<ParserRef> parser,
            Optional<Digest> parserSha256,
            Expectation expect,
            Optional<Instant> expiresAt,
            Optional<Duration> replyTimeout,
            Optional<Digest> digest) {

        static Accepted of(Command command, Instant at, Origin origin) {
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

        static Accepted unreadable(Instant at, Origin origin) {
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
    public record Seen(StatusEvent event, boolean late) {}

    public record Folded(Progress progress, List<Seen> history) {}

    /** Whether the event would say anything new of a row that has become long. */
    public boolean isMovedBy(StatusEvent event) {
        return fold().progress().apply(event).effect() == Progress.Effect.COUNTED;
    }

    public Folded fold() {
        Progress progress = Progress.accepted();
        List<Seen> history = new ArrayList<>();
        Set<Progress.Step> late = new HashSet<>();
        for (StatusEvent event : events) {
            Progress.Fold fold = progress.apply(event);
            progress = fold.progress();
            switch (fold.effect()) {
                case COUNTED -> history.add(new Seen(event, event.late()));
                case LATE -> {
                    if (late.add(new Progress.Step(event.attempt(), event.state()))) {
                        history.add(new Seen(event, true));
                    }
                }
                case DUPLICATE -> {}
            }
        }
        return new Folded(progress, history);
    }

    public Optional<String> commandType() {
        return accepted.flatMap(Accepted::commandType).or(() -> events.stream()
                .map(StatusEvent::commandType)
                .flatMap(Optional::stream)
                .findFirst());
    }

    public Optional<Protocol> protocol() {
        return accepted.flatMap(Accepted::protocol).or(() -> events.stream()
                .map(StatusEvent::protocol)
                .flatMap(Optional::stream)
                .findFirst());
    }

    /** What is to be done with a command that nobody has asked about. */
    public sealed interface Next {
        /** Nothing before then. */
        record Wait(Instant until) implements Next {}

        /** It is finished or forgotten; nobody will ask any more. */
        record Remove() implements Next {}

        /** Its deadline and the time after it have passed, at {@code since}, and no connector said so. */
        record GiveUp(Instant since) implements Next {}
    }

    /** The time in an event is what its writer claims; one that cannot be believed is that of the last record. */
    public Next next(Instant now, Duration retention, Duration defaultExpiry, Duration longestExpiry) {
        Progress progress = fold().progress();
        if (progress.isFinal()) {
            return removed(believed(progress.finalAt().orElseThrow()).plus(retention), now);
        }
        if (accepted.isEmpty()) {
            // Events of a command whose record nobody kept, or that is yet to be read.
            return removed(lastRead.plus(longestExpiry).plus(retention), now);
        }
        Instant since =
                deadline(accepted.get(), progress, defaultExpiry, longestExpiry).plus(OVERDUE_AFTER);
        return since.isAfter(now) ? new Next.Wait(since) : new Next.GiveUp(since);
    }

    private static Next removed(Instant at, Instant now) {
        return at.isAfter(now) ? new Next.Wait(at) : new Next.Remove();
    }

    private Instant believed(Instant claimed) {
        return RecordTime.of(claimed.toEpochMilli(), lastRead).at();
    }

    /** No attempt begins at or after the expiry; one that began before it still has its lease and its reply time. */
    private Instant deadline(Accepted record, Progress progress, Duration defaultExpiry, Duration longestExpiry) {
        Instant latest = record.at().plus(longestExpiry);
        Instant expiry = record.expiresAt()
                .filter(end -> end.isBefore(latest))
                .orElseGet(() ->
                        record.expiresAt().isPresent() ? latest : record.at().plus(defaultExpiry));
        if (progress.attempt() == 0) {
            return expiry;
        }
        Instant lastSign = progress.sentAt()
                .filter(sent -> progress.sendingAt()
                        .map(sending -> !sent.isBefore(sending))
                        .orElse(true))
                .map(this::believed)
                .or(() -> progress.sendingAt().map(this::believed).map(sending -> sending.plus(ATTEMPT_LEASE)))
                .orElse(expiry);
        Instant answered = lastSign.plus(record.replyTimeout().orElse(REPLY_TIMEOUT));
        return answered.isAfter(expiry) ? answered : expiry;
    }

    /** The event that ends an overdue command: never attempted means expired, otherwise nobody knows. */
    public StatusEvent giveUp(Instant now, String source) {
        Progress progress = fold().progress();
        boolean attempted = progress.attempt() > 0;
        return new StatusEvent(
                requestId,
                deviceId,
                commandType(),
                protocol(),
                attempted ? CommandState.TIMED_OUT : CommandState.EXPIRED,
                true,
                attempted ? Optional.of(Reason.OUTCOME_UNKNOWN) : Optional.empty(),
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
                Map.of(),
                Optional.empty());
    }
}
