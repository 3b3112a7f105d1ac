package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What to do with one unfinished command now. Pure: the same command, memory and time give the same step. */
sealed interface NextStep {

    /** Its fate or its return to the queue is decided: write this event. */
    record Write(CommandState state, Optional<Reason> reason, Optional<String> message) implements NextStep {}

    /** It may be handed out. */
    record MayGo() implements NextStep {}

    /** An attempt is under way, or its outcome is waited for. */
    record InFlight() implements NextStep {}

    /** Its time has not come; it holds nobody back. */
    record Later() implements NextStep {}

    /** It is finished. */
    record Done() implements NextStep {}

    /**
     * What only this process knows of a command.
     *
     * @param leaseEnd when its attempt is free again, by the monotonic clock
     * @param pausedUntil when it may be tried again, by the monotonic clock
     */
    record Remembered(OptionalLong leaseEnd, OptionalLong pausedUntil) {
        static final Remembered NOTHING = new Remembered(OptionalLong.empty(), OptionalLong.empty());
    }

    static NextStep decide(Waiting waiting, Remembered remembered, Now now, DeliveryRules rules) {
        Progress progress = waiting.progress();
        if (progress.isFinal()) {
            return new Done();
        }
        boolean expired = waiting.facts().isExpired(now.wall());
        return switch (progress.state()) {
            case ACCEPTED, QUEUED -> beforeAttempt(waiting, remembered, now, expired);
            case SENDING -> {
                boolean isFree = remembered.leaseEnd().isPresent()
                        && !now.isBefore(remembered.leaseEnd().getAsLong());
                yield isFree
                        ? afterAttempt(
                                waiting,
                                expired,
                                rules,
                                "attempt " + progress.attempt() + " had no outcome within "
                                        + rules.attemptLease().toMillis() + " ms")
                        : new InFlight();
            }
            case SENT, DELIVERED -> {
                if (waiting.stop().isPresent()) {
                    yield write(waiting.stop().get());
                }
                yield expired
                        ? write(CommandState.TIMED_OUT, Reason.OUTCOME_UNKNOWN, "no answer came before it expired")
                        : new InFlight();
            }
            case SUCCEEDED, FAILED, EXPIRED, CANCELLED, TIMED_OUT -> new Done();
        };
    }

    private static NextStep beforeAttempt(Waiting waiting, Remembered remembered, Now now, boolean expired) {
        if (waiting.stop().isPresent()) {
            return write(waiting.stop().get());
        }
        if (expired) {
            int attempts = waiting.progress().attempt();
            return attempts == 0
                    ? new Write(CommandState.EXPIRED, Optional.empty(), Optional.of("expired before the first attempt"))
                    : write(
                            CommandState.FAILED,
                            Reason.DELIVERY_FAILED,
                            "expired after " + attempts + " attempts without an outcome");
        }
        boolean isPaused = remembered.pausedUntil().isPresent()
                && now.isBefore(remembered.pausedUntil().getAsLong());
        return waiting.facts().isDue(now.wall()) && !isPaused ? new MayGo() : new Later();
    }

    /** What follows an attempt that is over without the bytes being known to have left. */
    static Write afterAttempt(Waiting waiting, boolean expired, DeliveryRules rules, String what) {
        if (waiting.stop().isPresent()) {
            return write(waiting.stop().get());
        }
        if (expired) {
            return write(CommandState.TIMED_OUT, Reason.OUTCOME_UNKNOWN, what + ", then it expired");
        }
        if (waiting.progress().attempt() >= rules.maxAttempts()) {
            return write(
                    CommandState.FAILED,
                    Reason.DELIVERY_FAILED,
                    what + "; it was the last of " + rules.maxAttempts() + " attempts");
        }
        return write(CommandState.QUEUED, Reason.RETRYING, what);
    }

    /** What follows when its script is not there: applied together is a race, so it is waited for. */
    static NextStep whenParserIsMissing(Waiting waiting, String ref, Instant since, Instant now, DeliveryRules rules) {
        long seconds = rules.parserWait().toSeconds();
        if (!now.isBefore(since.plus(rules.parserWait()))) {
            return write(
                    CommandState.FAILED,
                    Reason.PARSER_NOT_FOUND,
                    "no parser script '" + ref + "' after waiting " + seconds + " s for it");
        }
        return whenParserIsAway(
                waiting, "parser script '" + ref + "' is not here; waiting up to " + seconds + " s for it");
    }

    /** Waiting for a script is told once. */
    static NextStep whenParserIsAway(Waiting waiting, String why) {
        return waiting.progress().state() == CommandState.ACCEPTED
                ? write(CommandState.QUEUED, Reason.WAITING_FOR_PARSER, why)
                : new Later();
    }

    private static Write write(Waiting.Stop stop) {
        return write(stop.state(), stop.reason(), stop.message());
    }

    private static Write write(CommandState state, Reason reason, String message) {
        return new Write(state, Optional.of(reason), Optional.of(message));
    }
}
