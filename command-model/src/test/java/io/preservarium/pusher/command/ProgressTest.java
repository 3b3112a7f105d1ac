package io.preservarium.pusher.command;

import static io.preservarium.pusher.command.CommandState.ACCEPTED;
import static io.preservarium.pusher.command.CommandState.CANCELLED;
import static io.preservarium.pusher.command.CommandState.DELIVERED;
import static io.preservarium.pusher.command.CommandState.EXPIRED;
import static io.preservarium.pusher.command.CommandState.FAILED;
import static io.preservarium.pusher.command.CommandState.QUEUED;
import static io.preservarium.pusher.command.CommandState.SENDING;
import static io.preservarium.pusher.command.CommandState.SENT;
import static io.preservarium.pusher.command.CommandState.SUCCEEDED;
import static io.preservarium.pusher.command.CommandState.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgressTest {

    private static final Instant START = Instant.parse("2026-11-21T01:52:00Z");

    /** The table of DESIGN section 3, for a command that is not finished. */
    private static final Map<CommandState, Set<CommandState>> LEGAL = Map.of(
            ACCEPTED, EnumSet.of(QUEUED, SENDING, FAILED, EXPIRED, CANCELLED),
            QUEUED, EnumSet.of(QUEUED, SENDING, FAILED, EXPIRED, CANCELLED),
            SENDING, EnumSet.of(SENT, DELIVERED, SUCCEEDED, QUEUED, FAILED, CANCELLED, TIMED_OUT),
            SENT, EnumSet.of(DELIVERED, SUCCEEDED, FAILED, CANCELLED, TIMED_OUT, SENDING),
            DELIVERED, EnumSet.of(DELIVERED, SUCCEEDED, FAILED, CANCELLED, TIMED_OUT, SENDING));

    @ParameterizedTest
    @EnumSource(CommandState.class)
    void onlyTheTransitionsOfTheTableAreLegal(CommandState from) {
        for (CommandState to : CommandState.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s to %s", from, to)
                    .isEqualTo(LEGAL.getOrDefault(from, Set.of()).contains(to));
        }
    }

    @Test
    void theUsualPathEndsAtWhatTheCommandExpects() {
        Progress progress = fold(Expectation.SENT, step(QUEUED, 0), step(SENDING, 1), step(SENT, 1));
        assertThat(progress.state()).isEqualTo(SENT);
        assertThat(progress.isFinal()).isTrue();
        assertThat(fold(Expectation.SUCCEEDED, step(SENDING, 1), step(SENT, 1)).isFinal())
                .isFalse();
    }

    @Test
    void theFirstFinalEventWinsAndLaterOnesAreLate() {
        Progress cancelled = fold(Expectation.SENT, step(QUEUED, 0), step(CANCELLED, 0));
        Progress.Fold after = cancelled.apply(event(Expectation.SENT, step(SENDING, 1), START));
        assertThat(after.effect()).isEqualTo(Progress.Effect.LATE);
        assertThat(after.progress().state()).isEqualTo(CANCELLED);
    }

    @Test
    void theSameAttemptAndStateIsADuplicate() {
        Progress sending = fold(Expectation.SENT, step(SENDING, 1));
        assertThat(sending.apply(event(Expectation.SENT, step(SENDING, 1), START))
                        .effect())
                .isEqualTo(Progress.Effect.DUPLICATE);
    }

    @Test
    void evidenceOfAnEarlierAttemptCountsWhileALaterOneIsUnderWay() {
        Progress progress = fold(Expectation.SENT, step(SENDING, 1), step(QUEUED, 1), step(SENDING, 2), step(SENT, 1));
        assertThat(progress.state()).isEqualTo(SENT);
        assertThat(progress.isFinal()).isTrue();
    }

    @Test
    void evidenceCountsWhenTheCommandIsBackInTheQueue() {
        assertThat(fold(Expectation.SENT, step(SENDING, 1), step(QUEUED, 1), step(SENT, 1))
                        .isFinal())
                .isTrue();
        assertThat(fold(Expectation.SENT, step(QUEUED, 0), step(SENT, 1)).state())
                .as("no attempt was recorded")
                .isEqualTo(QUEUED);
    }

    @Test
    void anAttemptIsNeverRecordedBackwards() {
        Progress progress = fold(Expectation.SENT, step(SENDING, 2), step(QUEUED, 2), step(SENDING, 1));
        assertThat(progress.state()).isEqualTo(QUEUED);
        assertThat(progress.attempt()).isEqualTo(2);
    }

    @Test
    void aLateAnswerWithinADayMakesATimedOutCommandSucceed() {
        Progress timedOut = fold(Expectation.SUCCEEDED, step(SENDING, 1), step(SENT, 1), step(TIMED_OUT, 1));
        StatusEvent inTime = event(Expectation.SUCCEEDED, step(SUCCEEDED, 1), START.plus(Duration.ofHours(23)));
        StatusEvent tooLate = event(Expectation.SUCCEEDED, step(SUCCEEDED, 1), START.plus(Duration.ofHours(25)));
        assertThat(timedOut.apply(inTime).progress().state()).isEqualTo(SUCCEEDED);
        assertThat(timedOut.apply(tooLate).effect()).isEqualTo(Progress.Effect.LATE);
    }

    @Test
    void lateEvidenceThatDoesNotFinishLeavesTheTimeOut() {
        Progress timedOut = fold(Expectation.SUCCEEDED, step(SENDING, 1), step(TIMED_OUT, 1));
        Progress after = timedOut.apply(event(Expectation.SUCCEEDED, step(SENT, 1), START))
                .progress();
        assertThat(after.state()).isEqualTo(TIMED_OUT);
        assertThat(after.sentAt()).contains(START);
    }

    @Test
    void aRefusalOfTheDeviceCountsLateAndAnotherFailureDoesNot() {
        Progress timedOut = fold(Expectation.SUCCEEDED, step(SENDING, 1), step(SENT, 1), step(TIMED_OUT, 1));
        StatusEvent failed = event(Expectation.SUCCEEDED, step(FAILED, 1), START);
        assertThat(timedOut.apply(failed).effect()).isEqualTo(Progress.Effect.LATE);
        StatusEvent refused = StatusEvent.about(command(Expectation.SUCCEEDED), FAILED, START, "test")
                .attempt(1)
                .because(Reason.DEVICE_REFUSED, "no")
                .build();
        assertThat(timedOut.apply(refused).progress().reason()).contains(Reason.DEVICE_REFUSED);
    }

    @Test
    void foldingAnyPrefixTwiceGivesTheSame() {
        Progress.Step[] steps = {
            step(QUEUED, 0), step(SENDING, 1), step(QUEUED, 1), step(SENDING, 2), step(SENT, 2), step(DELIVERED, 2)
        };
        for (int n = 1; n <= steps.length; n++) {
            Progress once = fold(Expectation.DELIVERED, java.util.Arrays.copyOf(steps, n));
            Progress twice = once;
            for (int i = 0; i < n; i++) {
                twice = twice.apply(event(Expectation.DELIVERED, steps[i], START))
                        .progress();
            }
            assertThat(twice).isEqualTo(once);
        }
    }

    private static Progress fold(Expectation expect, Progress.Step... steps) {
        Progress progress = Progress.accepted();
        for (Progress.Step step : steps) {
            progress = progress.apply(event(expect, step, START)).progress();
        }
        return progress;
    }

    private static Progress.Step step(CommandState state, int attempt) {
        return new Progress.Step(attempt, state);
    }

    private static StatusEvent event(Expectation expect, Progress.Step step, Instant at) {
        return StatusEvent.about(command(expect), step.state(), at, "test")
                .attempt(step.attempt())
                .build();
    }

    static Command command(Expectation expect) {
        return new Command(
                new RequestId("r1"),
                START,
                new DeviceId("282c02424eed"),
                "config_update",
                Map.of(),
                Protocol.COAP,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                START.plus(Duration.ofDays(7)),
                Optional.empty(),
                Optional.empty(),
                expect,
                Optional.empty());
    }
}
