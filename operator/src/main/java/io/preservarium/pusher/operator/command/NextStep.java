package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.operator.command.progress.Knowledge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The one thing to do next about a resource. */
sealed interface NextStep {

    /** Hold the resource until its command is final. */
    record AddFinalizer() implements NextStep {}

    /** Find out whether Kafka has the command, and how far it has come. */
    record LookUp(Command command) implements NextStep {}

    /** The record is looked for again after a pause. */
    record AskLater() implements NextStep {}

    /** Put the command into Kafka. */
    record Publish(Command command) implements NextStep {}

    /** Ask its connector not to do it. */
    record AskCancel(Command command) implements NextStep {}

    record WriteStatus(Verdict verdict) implements NextStep {}

    /** Say in the status that this generation of the spec was seen; nothing else changes. */
    record NoteGeneration() implements NextStep {}

    record RemoveFinalizer() implements NextStep {}

    /** Its time to live after the end is over. */
    record Delete() implements NextStep {}

    /** Nothing before {@code at}, unless an event comes. */
    record WaitUntil(Instant at) implements NextStep {}

    /** Nothing until an event comes. */
    record Rest() implements NextStep {}

    /** After its expiry pusher-api gives up a unavailable connector within a minute; this is the double. */
    Duration GRACE = Duration.ofMinutes(2);

    static NextStep decide(Observed observed, Instant now, Duration settle) {
        if (observed.written().isFinal()) {
            return afterTheEnd(observed, now);
        }
        if (observed.desired().isDeleting() && !observed.desired().hasFinalizer()) {
            return new Rest();
        }
        return switch (observed.desired().reading()) {
            case SpecReading.Invalid invalid ->
                new WriteStatus(new Verdict.Refused(Verdict.Refusal.INVALID, invalid.message(), now));
            case SpecReading.Valid valid -> ongoing(valid.command(), observed, now, settle);
        };
    }

    private static NextStep ongoing(Command command, Observed observed, Instant now, Duration settle) {
        return switch (observed.knowledge()) {
            case Knowledge.InKafka known -> inKafka(command, observed, known, now, settle);
            case Knowledge.OfAnother another ->
                new WriteStatus(new Verdict.Refused(
                        Verdict.Refusal.CONFLICT,
                        "spec.command.idempotencyKey was used before in this namespace for a command that says something else,"
                                + " which has the id " + command.requestId() + "; a new command needs a new key",
                        now));
            case Knowledge.NotInKafka absent ->
                observed.written()
                        .acceptedAt()
                        .map(acceptedAt -> vanished(command, acceptedAt, now))
                        .orElseGet(() -> unpublished(command, observed, now));
            case Knowledge.Unasked unasked -> {
                boolean held = observed.desired().hasFinalizer();
                if (!held && !observed.desired().hasKey() && !observed.written().isAccepted()) {
                    yield unpublished(command, observed, now);
                }
                yield held ? new LookUp(command) : new AddFinalizer();
            }
        };
    }

    private static NextStep unpublished(Command command, Observed observed, Instant now) {
        if (observed.desired().isDeleting()) {
            return new RemoveFinalizer();
        }
        if (observed.desired().isCancelled()) {
            return new WriteStatus(new Verdict.Refused(
                    Verdict.Refusal.CANCELLED, "spec.cancel was set before the command was published", now));
        }
        if (!now.isBefore(command.expiresAt())) {
            return new WriteStatus(new Verdict.Refused(
                    Verdict.Refusal.EXPIRED,
                    "it expired at " + command.expiresAt() + ", before the command was published",
                    now));
        }
        return observed.desired().hasFinalizer() ? new Publish(command) : new AddFinalizer();
    }

    private static NextStep inKafka(
            Command command, Observed observed, Knowledge.InKafka known, Instant now, Duration settle) {
        Observed.Written written = observed.written();
        Verdict verdict = new Verdict.Published(known.acceptedAt(), known.progress());
        if (!written.isAccepted() || known.progress().isFinal()) {
            return new WriteStatus(verdict);
        }
        boolean unwanted =
                observed.desired().isCancelled() || observed.desired().isDeleting();
        if (unwanted && !observed.cancelAsked()) {
            return new AskCancel(command);
        }
        if (written.state().equals(Optional.of(CommandState.ACCEPTED))
                && isWorthAWrite(known.progress().state(), command.expect())) {
            Instant settled = known.changedAt().plus(settle);
            return now.isBefore(settled) ? new WaitUntil(settled) : new WriteStatus(verdict);
        }
        return overdue(command, known, now);
    }

    /** No news for long after the expiry: an event may have passed by before this process knew the resource. */
    private static NextStep overdue(Command command, Knowledge.InKafka known, Instant now) {
        Instant latest = command.expiresAt().isAfter(known.changedAt()) ? command.expiresAt() : known.changedAt();
        Instant due = latest.plus(GRACE);
        return now.isBefore(due) ? new WaitUntil(due) : new LookUp(command);
    }

    /**
     * The one write between acceptance and end goes to the last state that can last: for a command that waits for the
     * device's answer that it was sent, else that it waits. A status may lag behind, it never says too much.
     */
    private static boolean isWorthAWrite(CommandState state, Expectation expect) {
        return switch (state) {
            case QUEUED, SENDING -> expect == Expectation.SENT;
            case SENT, DELIVERED -> expect != Expectation.SENT;
            case ACCEPTED, SUCCEEDED, FAILED, EXPIRED, CANCELLED, TIMED_OUT -> false;
        };
    }

    /** Kafka took it, the status API does not know it: its view is behind, or both have orphaned. Never publish again. */
    private static NextStep vanished(Command command, Instant acceptedAt, Instant now) {
        return now.isAfter(command.expiresAt().plus(GRACE))
                ? new WriteStatus(Verdict.lost(acceptedAt, now))
                : new AskLater();
    }

    private static NextStep afterTheEnd(Observed observed, Instant now) {
        Observed.Desired desired = observed.desired();
        Observed.Written written = observed.written();
        if (observed.knowledge() instanceof Knowledge.InKafka known
                && written.isAccepted()
                && known.progress().isFinal()
                && !written.state().equals(Optional.of(known.progress().state()))) {
            return new WriteStatus(new Verdict.Published(known.acceptedAt(), known.progress()));
        }
        if (observed.hasNews()
                && observed.knowledge() instanceof Knowledge.Unasked
                && written.state().equals(Optional.of(CommandState.TIMED_OUT))
                && desired.reading() instanceof SpecReading.Valid valid) {
            return new LookUp(valid.command());
        }
        if (desired.hasFinalizer()) {
            return new RemoveFinalizer();
        }
        if (desired.isDeleting()) {
            return new Rest();
        }
        if (written.generation() < desired.generation()) {
            return new NoteGeneration();
        }
        return desired.timeToLive()
                .<NextStep>flatMap(ttl -> written.finishedAt()
                        .map(end -> end.plus(ttl))
                        .map(due -> now.isBefore(due) ? new WaitUntil(due) : new Delete()))
                .orElseGet(Rest::new);
    }
}
