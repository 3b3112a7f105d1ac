package io.preservarium.pusher.delivery.schedule;

import static io.preservarium.pusher.delivery.Samples.RULES;
import static io.preservarium.pusher.delivery.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.delivery.schedule.NextStep.Remembered;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NextStepTest {

    private static final Instant EXPIRY = START.plus(Duration.ofDays(1));
    private static final Waiting.Stop CANCEL =
            new Waiting.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for");
    private static final long NANOS = 1_000_000L;

    @Test
    void aNewCommandMayGoUntilItExpires() {
        assertThat(decide(waiting(), EXPIRY.minusMillis(1))).isInstanceOf(NextStep.MayGo.class);
        assertThat(decide(waiting(), EXPIRY)).isEqualTo(write(CommandState.EXPIRED));
    }

    @Test
    void aFutureCommandHoldsNobodyBack() {
        Instant later = START.plusSeconds(60);
        Waiting future = waiting(Optional.of(later));
        assertThat(decide(future, START)).isInstanceOf(NextStep.Later.class);
        assertThat(decide(future, later)).isInstanceOf(NextStep.MayGo.class);
    }

    @Test
    void aPauseCountsByTheMonotonicClockAlone() {
        Remembered paused = new Remembered(OptionalLong.empty(), OptionalLong.of(NANOS));
        assertThat(decide(waiting(), paused, START.plus(Duration.ofHours(1)), NANOS - 1))
                .isInstanceOf(NextStep.Later.class);
        assertThat(decide(waiting(), paused, START.minus(Duration.ofHours(1)), NANOS))
                .isInstanceOf(NextStep.MayGo.class);
    }

    @Test
    void aLeaseEndsByTheMonotonicClockAloneAndNoClockStepEndsOrProlongsIt() {
        Waiting sending = after(waiting(), CommandState.SENDING, 1);
        Remembered leased = new Remembered(OptionalLong.of(NANOS), OptionalLong.empty());
        for (Duration step : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO}) {
            assertThat(decide(sending, leased, START.plus(step), NANOS - 1)).isInstanceOf(NextStep.InFlight.class);
            assertThat(decide(sending, leased, START.plus(step), NANOS))
                    .isEqualTo(write(CommandState.QUEUED, Reason.RETRYING));
        }
    }

    @Test
    void anAttemptOfAnotherProcessIsInFlightUntilItsLeaseIsKnown() {
        assertThat(decide(after(waiting(), CommandState.SENDING, 1), START.plusSeconds(3_600)))
                .isInstanceOf(NextStep.InFlight.class);
    }

    @Test
    void theLastAttemptEndsInDeliveryFailed() {
        Waiting second = after(after(waiting(), CommandState.SENDING, 1), CommandState.QUEUED, 1);
        Waiting third = after(after(second, CommandState.SENDING, 2), CommandState.QUEUED, 2);
        assertThat(leaseOver(after(third, CommandState.SENDING, 3), START))
                .isEqualTo(write(CommandState.FAILED, Reason.DELIVERY_FAILED));
    }

    @Test
    void anAttemptWhoseOutcomeIsUnknownAtExpiryIsNotCalledExpired() {
        Waiting sending = after(waiting(), CommandState.SENDING, 1);
        assertThat(leaseOver(sending, EXPIRY)).isEqualTo(write(CommandState.TIMED_OUT, Reason.OUTCOME_UNKNOWN));
        assertThat(decide(after(sending, CommandState.QUEUED, 1), EXPIRY))
                .isEqualTo(write(CommandState.FAILED, Reason.DELIVERY_FAILED));
    }

    @Test
    void aCancelledCommandEndsWhenItIsNotInFlight() {
        assertThat(decide(stopped(waiting()), START)).isEqualTo(write(CommandState.CANCELLED, Reason.CANCEL_REQUESTED));
        Waiting sending = stopped(after(waiting(), CommandState.SENDING, 1));
        assertThat(decide(sending, START)).isInstanceOf(NextStep.InFlight.class);
        assertThat(leaseOver(sending, START)).isEqualTo(write(CommandState.CANCELLED, Reason.CANCEL_REQUESTED));
    }

    @Test
    void aMissingScriptIsWaitedForFromWhenItWasFirstMissingAlsoByAnotherProcess() {
        Waiting fresh = waiting();
        assertThat(plain(NextStep.whenParserIsMissing(fresh, "a.py", START, START, RULES)))
                .isEqualTo(write(CommandState.QUEUED, Reason.WAITING_FOR_PARSER));
        Waiting told = missingSince(after(fresh, CommandState.QUEUED, 0), START);
        assertThat(NextStep.whenParserIsMissing(told, "a.py", START, START.plusSeconds(29), RULES))
                .isInstanceOf(NextStep.Later.class);
        assertThat(plain(NextStep.whenParserIsMissing(told, "a.py", START, START.plusSeconds(30), RULES)))
                .isEqualTo(write(CommandState.FAILED, Reason.PARSER_NOT_FOUND));
    }

    private static NextStep decide(Waiting waiting, Instant now) {
        return decide(waiting, Remembered.NOTHING, now, 0);
    }

    private static NextStep leaseOver(Waiting waiting, Instant now) {
        return decide(waiting, new Remembered(OptionalLong.of(NANOS), OptionalLong.empty()), now, NANOS);
    }

    private static NextStep decide(Waiting waiting, Remembered remembered, Instant now, long nanos) {
        return plain(NextStep.decide(waiting, remembered, new Now(now, nanos), RULES));
    }

    private static NextStep plain(NextStep step) {
        return step instanceof NextStep.Write write
                ? new NextStep.Write(write.state(), write.reason(), Optional.empty())
                : step;
    }

    private static NextStep.Write write(CommandState state) {
        return new NextStep.Write(state, Optional.empty(), Optional.empty());
    }

    private static NextStep.Write write(CommandState state, Reason reason) {
        return new NextStep.Write(state, Optional.of(reason), Optional.empty());
    }

    private static Waiting waiting() {
        return waiting(Optional.empty());
    }

    private static Waiting waiting(Optional<Instant> notBefore) {
        Waiting.Facts facts = new Waiting.Facts(
                new DeviceId("d"),
                7,
                new RequestId("r"),
                "config_update",
                START,
                Optional.empty(),
                EXPIRY,
                notBefore,
                Optional.empty(),
                Expectation.SENT,
                Optional.of(new ParserRef("a.py")),
                Origin.REST);
        return new Waiting(facts, Progress.accepted(), Optional.empty(), Optional.empty(), Optional.empty(), EXPIRY);
    }

    private static Waiting stopped(Waiting waiting) {
        return new Waiting(
                waiting.facts(), waiting.progress(), Optional.of(CANCEL), Optional.empty(), Optional.empty(), EXPIRY);
    }

    private static Waiting missingSince(Waiting waiting, Instant since) {
        return new Waiting(
                waiting.facts(), waiting.progress(), Optional.empty(), Optional.empty(), Optional.of(since), EXPIRY);
    }

    private static Waiting after(Waiting waiting, CommandState state, int attempt) {
        StatusEvent event = StatusEvent.about(
                        waiting.requestId(),
                        waiting.device(),
                        waiting.facts().commandType(),
                        Protocol.COAP,
                        Expectation.SENT,
                        state,
                        START,
                        "test")
                .attempt(attempt)
                .build();
        return waiting.with(waiting.progress().apply(event).progress());
    }
}
