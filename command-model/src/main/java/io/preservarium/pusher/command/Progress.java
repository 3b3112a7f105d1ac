package io.preservarium.pusher.command;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Where a command stands, folded from its events in offset order. This is the only fold: every reader of the status
 * topic uses it, so all of them agree.
 */
public record Progress(
        CommandState state,
        boolean isFinal,
        int attempt,
        Optional<Reason> reason,
        Optional<String> message,
        Optional<Instant> sendingAt,
        Optional<Instant> sentAt,
        Optional<Instant> finalAt,
        Optional<ParserVersion> parser,
        Optional<StatusEvent.SentBytes> bytes,
        Set<Step> seen) {

    /** How long after a time-out the device's own answer still counts. */
    public static final Duration LATE_WINDOW = Duration.ofHours(24);

    /** One (attempt, state) pair; an event with a pair already seen is a duplicate. */
    public record Step(int attempt, CommandState state) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            return attempt != other.attempt ? Integer.compare(attempt, other.attempt) : state.compareTo(other.state);
        }
    }

    /** What an event did. */
    public enum Effect {
        /** It moved the command. */
        COUNTED,
        /** It repeats an earlier event. */
        DUPLICATE,
        /** It came after the command was finished, or says what can no longer be; it stays in the history as late. */
        LATE
    }

    public record Fold(Progress progress, Effect effect) {}

    public static Progress accepted() {
        return new Progress(
                CommandState.ACCEPTED,
                false,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    public Fold apply(StatusEvent event) {
        Step step = new Step(event.attempt(), event.state());
        if (seen.contains(step)) {
            return new Fold(this, Effect.DUPLICATE);
        }
        return counts(event) ? new Fold(after(event, step), Effect.COUNTED) : new Fold(this, Effect.LATE);
    }

    private boolean counts(StatusEvent event) {
        CommandState next = event.state();
        if (isFinal) {
            return state == CommandState.TIMED_OUT && isLateAnswer(event);
        }
        if (next == CommandState.SENDING && event.attempt() <= attempt) {
            return false;
        }
        if (next == CommandState.QUEUED && event.attempt() < attempt) {
            return false;
        }
        if (state.mayBecome(next)) {
            return true;
        }
        // Back in the queue after an attempt whose outcome was unknown: its evidence may still arrive.
        return state == CommandState.QUEUED && next.isEvidence() && event.attempt() >= 1 && event.attempt() <= attempt;
    }

    private boolean isLateAnswer(StatusEvent event) {
        boolean inWindow =
                finalAt.map(end -> !event.at().isAfter(end.plus(LATE_WINDOW))).orElse(false);
        boolean refused = event.state() == CommandState.FAILED
                && event.reason().filter(Reason.DEVICE_REFUSED::equals).isPresent();
        return inWindow && (event.state().isEvidence() || refused);
    }

    private Progress after(StatusEvent event, Step step) {
        Step[] steps = Arrays.copyOf(seen.toArray(new Step[0]), seen.size() + 1);
        steps[seen.size()] = step;
        // Evidence that does not finish a timed-out command leaves it timed out, with the evidence noted.
        boolean staysTimedOut = state == CommandState.TIMED_OUT && !event.isFinal();
        return new Progress(
                staysTimedOut ? state : event.state(),
                isFinal || event.isFinal(),
                Math.max(attempt, event.attempt()),
                staysTimedOut ? reason : event.reason(),
                staysTimedOut ? message : event.message(),
                event.state() == CommandState.SENDING ? Optional.of(event.at()) : sendingAt,
                event.state() == CommandState.SENT ? Optional.of(event.at()) : sentAt,
                event.isFinal() ? Optional.of(event.at()) : finalAt,
                event.parser().or(() -> parser),
                event.bytes().or(() -> bytes),
                Set.of(steps));
    }
}
