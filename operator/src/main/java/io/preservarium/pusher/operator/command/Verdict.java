package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What there is to say about a command: the content of its status. */
sealed interface Verdict {

    /** Kafka has it, and it has come this far. */
    record Published(Instant acceptedAt, Progress progress) implements Verdict {}

    /** It was never published and never will be. */
    record Refused(Refusal refusal, String message, Instant at) implements Verdict {}

    /** Why a command is not published. */
    enum Refusal {
        /** A field breaks a rule that the schema could not check. */
        INVALID(CommandState.FAILED, Optional.of(Reason.INVALID_COMMAND), "Invalid"),
        /** Its idempotency key was used for another command. */
        CONFLICT(CommandState.FAILED, Optional.of(Reason.INVALID_COMMAND), "Conflict"),
        /** Its time was over before Kafka had it. */
        EXPIRED(CommandState.EXPIRED, Optional.empty(), "Expired"),
        /** It was cancelled before Kafka had it. */
        CANCELLED(CommandState.CANCELLED, Optional.of(Reason.CANCEL_REQUESTED), "Cancelled");

        private final CommandState state;
        private final Optional<Reason> reason;
        private final String word;

        Refusal(CommandState state, Optional<Reason> reason, String word) {
            this.state = state;
            this.reason = reason;
            this.word = word;
        }

        CommandState state() {
            return state;
        }

        Optional<Reason> reason() {
            return reason;
        }

        /** The reason of the Accepted condition. */
        String word() {
            return word;
        }
    }

    /** The end of a command that was accepted, whose time is over and of which the status API knows nothing any more. */
    static Verdict lost(Instant acceptedAt, Instant now) {
        return new Published(
                acceptedAt,
                new Progress(
                        CommandState.TIMED_OUT,
                        true,
                        0,
                        Optional.of(Reason.OUTCOME_UNKNOWN),
                        Optional.of(
                                "Kafka took the command, but the status API knows nothing of it and its time is over"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(now),
                        Optional.empty(),
                        Optional.empty(),
                        Set.of()));
    }
}
