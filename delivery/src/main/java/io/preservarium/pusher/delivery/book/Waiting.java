package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Instant;
import java.util.Optional;

/**
 * One unfinished command as the book remembers it, without its payload, which is read when it is formatted.
 *
 * @param stop set when it shall not be done (any more)
 * @param exchange the exchange its latest attempt answered, so that a retransmission gets the same command
 * @param parserMissingSince when its script was first not there, or quarantined
 * @param dueAt when the clock alone makes something of it next
 */
public record Waiting(
        Facts facts,
        Progress progress,
        Optional<Stop> stop,
        Optional<String> exchange,
        Optional<Instant> parserMissingSince,
        Instant dueAt) {

    /**
     * What never changes about it.
     *
     * @param offset of its record, which gives the order among the commands of the device
     * @param timeDoubt why its record's own time does not count, for people
     * @param origin how it came in
     */
    public record Facts(
            DeviceId device,
            long offset,
            RequestId requestId,
            String commandType,
            Instant acceptedAt,
            Optional<String> timeDoubt,
            Instant expiresAt,
            Optional<Instant> notBefore,
            Optional<String> collapseKey,
            Expectation expect,
            Optional<ParserRef> parser,
            Origin origin) {

        public boolean isExpired(Instant now) {
            return !now.isBefore(expiresAt);
        }

        public boolean isDue(Instant now) {
            return notBefore.map(time -> !now.isBefore(time)).orElse(true);
        }
    }

    /** Why a command shall end as {@code state} as soon as it is not in flight. */
    public record Stop(CommandState state, Reason reason, String message) {
        public Stop {
            if (state != CommandState.CANCELLED && state != CommandState.FAILED) {
                throw new IllegalArgumentException("a stop must cancel or fail but was " + state);
            }
        }
    }

    static Waiting accepted(Facts facts) {
        return new Waiting(
                facts, Progress.accepted(), Optional.empty(), Optional.empty(), Optional.empty(), facts.expiresAt());
    }

    public DeviceId device() {
        return facts.device();
    }

    public long offset() {
        return facts.offset();
    }

    public RequestId requestId() {
        return facts.requestId();
    }

    public Waiting with(Progress next) {
        return new Waiting(facts, next, stop, exchange, parserMissingSince, dueAt);
    }

    /** The first stop counts. */
    Waiting stoppedBy(Stop why) {
        return stop.isPresent()
                ? this
                : new Waiting(facts, progress, Optional.of(why), exchange, parserMissingSince, dueAt);
    }

    public Waiting answering(Optional<String> newExchange) {
        return new Waiting(facts, progress, stop, newExchange, parserMissingSince, dueAt);
    }

    Waiting missingParserSince(Optional<Instant> since) {
        return new Waiting(facts, progress, stop, exchange, since, dueAt);
    }

    Waiting dueAt(Instant when) {
        return new Waiting(facts, progress, stop, exchange, parserMissingSince, when);
    }

    /** An attempt was made and its outcome, or what the outcome is waited for, is open. */
    public boolean isInFlight() {
        return switch (progress.state()) {
            case SENDING, SENT, DELIVERED -> !progress.isFinal();
            case ACCEPTED, QUEUED, SUCCEEDED, FAILED, EXPIRED, CANCELLED, TIMED_OUT -> false;
        };
    }
}
