package io.preservarium.pusher.delivery;

import static io.preservarium.pusher.delivery.Samples.RULES;
import static io.preservarium.pusher.delivery.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NextStepTest {

    private static final Instant EXPIRY = START.plus(Duration.ofDays(1));
    private static final WaitingCommand.Stop CANCEL =
            new WaitingCommand.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for");

    @Test
    void aNewCommandIsEligibleUntilItExpires() {
        assertThat(decide(waiting(), EXPIRY.minusMillis(1))).isInstanceOf(NextStep.Eligible.class);
        assertThat(decide(waiting(), EXPIRY)).isEqualTo(write(CommandState.EXPIRED));
    }

    @Test
    void aFutureCommandHoldsNobodyBack() {
        Instant later = START.plusSeconds(60);
        WaitingCommand future = waiting(Samples.command("d", "r", START, EXPIRY, Optional.of(later), Optional.empty()));
        assertThat(decide(future, START)).isInstanceOf(NextStep.Later.class);
        assertThat(decide(future, later)).isInstanceOf(NextStep.Eligible.class);
    }

    @Test
    void anAttemptIsInFlightForItsLeaseAndThenFreeAgain() {
        WaitingCommand sending = after(waiting(), CommandState.SENDING, 1);
        assertThat(decide(sending, START.plusSeconds(14))).isInstanceOf(NextStep.InFlight.class);
        assertThat(decide(sending, START.plusSeconds(15))).isEqualTo(write(CommandState.QUEUED, Reason.RETRYING));
    }

    @Test
    void theLastAttemptEndsInDeliveryFailed() {
        WaitingCommand third = after(
                after(
                        after(
                                after(after(waiting(), CommandState.SENDING, 1), CommandState.QUEUED, 1),
                                CommandState.SENDING,
                                2),
                        CommandState.QUEUED,
                        2),
                CommandState.SENDING,
                3);
        assertThat(decide(third, START.plusSeconds(15))).isEqualTo(write(CommandState.FAILED, Reason.DELIVERY_FAILED));
    }

    @Test
    void anAttemptWhoseOutcomeIsUnknownAtExpiryIsNotCalledExpired() {
        WaitingCommand sending = after(waiting(), CommandState.SENDING, 1);
        assertThat(decide(sending, EXPIRY.plusSeconds(20)))
                .isEqualTo(write(CommandState.TIMED_OUT, Reason.OUTCOME_UNKNOWN));
        WaitingCommand back = after(sending, CommandState.QUEUED, 1);
        assertThat(decide(back, EXPIRY)).isEqualTo(write(CommandState.FAILED, Reason.DELIVERY_FAILED));
    }

    @Test
    void aCancelledCommandEndsWhenItIsNotInFlight() {
        assertThat(decide(waiting().stoppedBy(CANCEL), START))
                .isEqualTo(write(CommandState.CANCELLED, Reason.CANCEL_REQUESTED));
        WaitingCommand sending = after(waiting(), CommandState.SENDING, 1).stoppedBy(CANCEL);
        assertThat(decide(sending, START)).isInstanceOf(NextStep.InFlight.class);
        assertThat(decide(sending, START.plusSeconds(15)))
                .isEqualTo(write(CommandState.CANCELLED, Reason.CANCEL_REQUESTED));
    }

    @Test
    void everyUnfinishedCommandIsLookedAtAgainAtOrBeforeItsExpiry() {
        WaitingCommand[] all = {
            waiting(),
            after(waiting(), CommandState.QUEUED, 0),
            after(waiting(), CommandState.SENDING, 1),
            waiting().stoppedBy(CANCEL)
        };
        for (WaitingCommand waiting : all) {
            assertThat(NextStep.nextLook(waiting, START, RULES)).isAfter(START).isBeforeOrEqualTo(EXPIRY);
        }
    }

    private static NextStep decide(WaitingCommand waiting, Instant now) {
        NextStep step = NextStep.decide(waiting, now, RULES);
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

    private static WaitingCommand waiting() {
        return waiting(Samples.command("d", "r"));
    }

    private static WaitingCommand waiting(Command command) {
        return new WaitingCommand(
                7, START, command, Progress.accepted(), "rest", Optional.empty(), Optional.empty(), START);
    }

    private static WaitingCommand after(WaitingCommand waiting, CommandState state, int attempt) {
        StatusEvent event = StatusEvent.about(waiting.command(), state, START, "test")
                .attempt(attempt)
                .build();
        return waiting.with(waiting.progress().apply(event).progress());
    }
}
