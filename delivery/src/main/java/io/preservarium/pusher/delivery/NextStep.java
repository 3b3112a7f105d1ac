package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What to do with one waiting command now. Pure: the same command at the same time gives the same step. */
sealed interface NextStep {

    /** Its fate or its return to the queue is decided: write this event. */
    record Write(CommandState state, Optional<Reason> reason, Optional<String> message) implements NextStep {}

    /** It may be handed out. */
    record Eligible() implements NextStep {}

    /** An attempt is under way: the device is busy. */
    record InFlight() implements NextStep {}

    /** Its time has not come; it holds nobody back. */
    record Later() implements NextStep {}

    /** It is finished. */
    record Done() implements NextStep {}

    /** How soon something that should have advanced by itself is looked at again. */
    Duration RECHECK = Duration.ofSeconds(2);

    static NextStep decide(WaitingCommand waiting, Instant now, DeliveryRules rules) {
        Progress progress = waiting.progress();
        if (progress.isFinal()) {
            return new Done();
        }
        boolean expired = !now.isBefore(waiting.command().expiresAt());
        return switch (progress.state()) {
            case ACCEPTED, QUEUED -> beforeAttempt(waiting, now, expired);
            case SENDING -> {
                if (now.isBefore(leaseEnd(waiting, rules))) {
                    yield new InFlight();
                }
                yield afterAttempt(
                        waiting,
                        expired,
                        rules,
                        "attempt " + progress.attempt() + " had no outcome within "
                                + rules.attemptLease().toMillis() + " ms");
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

    private static NextStep beforeAttempt(WaitingCommand waiting, Instant now, boolean expired) {
        if (waiting.stop().isPresent()) {
            return write(waiting.stop().get());
        }
        if (expired) {
            return waiting.progress().attempt() == 0
                    ? new Write(CommandState.EXPIRED, Optional.empty(), Optional.of("expired before the first attempt"))
                    : write(
                            CommandState.FAILED,
                            Reason.DELIVERY_FAILED,
                            "expired after " + waiting.progress().attempt() + " attempts without an outcome");
        }
        return waiting.command().isDue(now) ? new Eligible() : new Later();
    }

    /** What follows an attempt that is over without the bytes being known to have left. */
    static Write afterAttempt(WaitingCommand waiting, boolean expired, DeliveryRules rules, String what) {
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

    /** When this command has to be looked at again if nothing else happens. */
    static Instant nextLook(WaitingCommand waiting, Instant now, DeliveryRules rules) {
        Instant expires = waiting.command().expiresAt();
        Instant next =
                switch (decide(waiting, now, rules)) {
                    case Write ignored -> now.plus(RECHECK);
                    case Eligible ignored ->
                        waiting.progress().state() == CommandState.ACCEPTED ? now.plus(RECHECK) : expires;
                    case InFlight ignored ->
                        waiting.progress().state() == CommandState.SENDING ? leaseEnd(waiting, rules) : expires;
                    case Later ignored ->
                        waiting.progress().state() == CommandState.ACCEPTED
                                ? now.plus(RECHECK)
                                : waiting.command().notBefore().orElse(expires);
                    case Done ignored -> now.plus(RECHECK);
                };
        return next.isAfter(expires) && expires.isAfter(now) ? expires : next;
    }

    private static Instant leaseEnd(WaitingCommand waiting, DeliveryRules rules) {
        return waiting.progress().sendingAt().orElse(Instant.EPOCH).plus(rules.attemptLease());
    }

    private static Write write(WaitingCommand.Stop stop) {
        return write(stop.state(), stop.reason(), stop.message());
    }

    private static Write write(CommandState state, Reason reason, String message) {
        return new Write(state, Optional.of(reason), Optional.of(message));
    }
}
