package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What this process remembers of one command over the book: what it wrote and did not read back, its lease, its pause. */
final class InMotion {

    private final Waiting.Facts facts;
    private final List<StatusEvent> unread = new ArrayList<>(4);
    private OptionalLong leaseEnd = OptionalLong.empty();
    private int leasedAttempt;
    private OptionalLong pausedUntil = OptionalLong.empty();
    private Optional<KeptAnswer> answer = Optional.empty();
    private Optional<Instant> parserMissingSince = Optional.empty();
    private boolean isChecked;

    InMotion(Waiting.Facts facts) {
        this.facts = facts;
    }

    Waiting.Facts facts() {
        return facts;
    }

    /** Kept over the book even if the write fails: nobody knows then whether Kafka has it. */
    void wrote(StatusEvent event) {
        unread.add(event);
    }

    /** The event came back on the topic, or is known not to have got there. */
    void forget(StatusEvent event) {
        unread.removeIf(own -> own.state() == event.state() && own.attempt() == event.attempt());
    }

    /** Whether it was finished by an event that is not read back yet. */
    boolean hasEnded() {
        for (StatusEvent event : unread) {
            if (event.isFinal()) {
                return true;
            }
        }
        return false;
    }

    /** Whether its lane has to find it without looking at all others. */
    boolean isSpecial() {
        return leaseEnd.isPresent() || pausedUntil.isPresent() || answer.isPresent();
    }

    void leaseUntil(int attempt, long nanos) {
        leasedAttempt = attempt;
        leaseEnd = OptionalLong.of(nanos);
    }

    /** An event of an earlier attempt, read back late, ends no lease. */
    void attemptOver(int attempt) {
        if (attempt >= leasedAttempt) {
            leaseEnd = OptionalLong.empty();
        }
    }

    boolean hasLease() {
        return leaseEnd.isPresent();
    }

    void pauseUntil(long nanos) {
        pausedUntil = OptionalLong.of(nanos);
    }

    /** Since when its script has been missing, if no event can say so any more; the first time counts. */
    Instant parserMissing(Instant now) {
        Instant since = parserMissingSince.orElse(now);
        parserMissingSince = Optional.of(since);
        return since;
    }

    void parserIsThere() {
        parserMissingSince = Optional.empty();
    }

    boolean isParserMissing() {
        return parserMissingSince.isPresent();
    }

    void answered(KeptAnswer given) {
        answer = Optional.of(given);
    }

    Optional<KeptAnswer> answer() {
        return answer;
    }

    /** Whether its first formatting is under way; asking begins it. */
    boolean beginsCheck() {
        boolean begins = !isChecked;
        isChecked = true;
        return begins;
    }

    void checkOver() {
        isChecked = false;
    }

    NextStep.Remembered remembered() {
        return new NextStep.Remembered(leaseEnd, pausedUntil);
    }

    /** What the book says, with what was written since applied. */
    Waiting over(Waiting stored) {
        Waiting result = stored;
        for (StatusEvent event : unread) {
            Progress.Fold fold = result.progress().apply(event);
            if (fold.effect() == Progress.Effect.COUNTED) {
                result = result.with(fold.progress());
                if (event.exchange().isPresent()) {
                    result = result.answering(event.exchange());
                }
            }
        }
        return result;
    }

    boolean isOver(Now now) {
        if (pausedUntil.isPresent() && !now.isBefore(pausedUntil.getAsLong())) {
            pausedUntil = OptionalLong.empty();
        }
        return unread.isEmpty()
                && leaseEnd.isEmpty()
                && pausedUntil.isEmpty()
                && parserMissingSince.isEmpty()
                && !isChecked;
    }
}
