package io.preservarium.pusher.operator.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.operator.command.progress.Knowledge;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NextStepTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant EXPIRY = NOW.plus(Duration.ofHours(1));
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final NextStep WAIT_FOR_NEWS = new NextStep.WaitUntil(EXPIRY.plus(NextStep.GRACE));

    private Expectation expect = Expectation.SENT;
    private boolean hasKey;
    private boolean hasFinalizer = true;
    private boolean isDeleting;
    private boolean isCancelled;
    private boolean hasNews;
    private boolean cancelAsked;
    private long generation = 1;
    private Optional<Duration> timeToLive = Optional.empty();
    private Knowledge knowledge = new Knowledge.Unasked();
    private Observed.Written written = Observed.Written.NOTHING;
    private Instant now = NOW;

    @Test
    void theFinalizerComesBeforeTheRecord() {
        hasFinalizer = false;
        assertThat(decide()).isEqualTo(new NextStep.AddFinalizer());
        hasFinalizer = true;
        knowledge = new Knowledge.NotInKafka();
        assertThat(decide()).isEqualTo(new NextStep.Publish(command()));
    }

    @Test
    void aProcessThatFindsTheFinalizerLooksBeforeItPublishes() {
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
    }

    @Test
    void aKeyOfAnotherCommandIsRefusedAndNothingIsPublishedOrCancelled() {
        hasKey = true;
        knowledge = new Knowledge.OfAnother();
        assertThat(refusal(decide())).isEqualTo(Verdict.Refusal.CONFLICT);
        isCancelled = true;
        assertThat(refusal(decide())).isEqualTo(Verdict.Refusal.CONFLICT);
    }

    @Test
    void aCommandWithAnIdempotencyKeyIsLookedForEvenWhenTheResourceIsNew() {
        hasKey = true;
        hasFinalizer = false;
        assertThat(decide()).isEqualTo(new NextStep.AddFinalizer());
        hasFinalizer = true;
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
    }

    @Test
    void acceptedIsWrittenOnlyOnceKafkaHasIt() {
        knowledge = inKafka(Progress.accepted());
        assertThat(decide()).isEqualTo(new NextStep.WriteStatus(new Verdict.Published(NOW, Progress.accepted())));
        written = accepted(CommandState.ACCEPTED);
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
    }

    @Test
    void anAcceptedCommandIsNeverPublishedAgain() {
        written = accepted(CommandState.ACCEPTED);
        knowledge = new Knowledge.NotInKafka();
        assertThat(decide()).isEqualTo(new NextStep.AskLater());
        now = EXPIRY.plus(NextStep.GRACE).plusSeconds(1);
        assertThat(decide()).isEqualTo(new NextStep.WriteStatus(Verdict.lost(NOW, now)));
    }

    @Test
    void anAcceptedCommandIsReadAgainAfterARestart() {
        written = accepted(CommandState.QUEUED);
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
    }

    @Test
    void aCommandWithoutNewsLongAfterItsExpiryIsLookedForAgain() {
        written = accepted(CommandState.ACCEPTED);
        knowledge = inKafka(Progress.accepted());
        now = EXPIRY.plus(NextStep.GRACE).minusMillis(1);
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
        now = EXPIRY.plus(NextStep.GRACE);
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
        knowledge = new Knowledge.InKafka(NOW, Progress.accepted(), now);
        assertThat(decide()).isEqualTo(new NextStep.WaitUntil(now.plus(NextStep.GRACE)));
    }

    @Test
    void whatBreaksARuleIsRefusedWithoutAFinalizer() {
        hasFinalizer = false;
        assertThat(NextStep.decide(observed(new SpecReading.Invalid("expiresAt: no")), NOW, SETTLE))
                .isEqualTo(
                        new NextStep.WriteStatus(new Verdict.Refused(Verdict.Refusal.INVALID, "expiresAt: no", NOW)));
    }

    @Test
    void anExpiredCommandIsNotPublished() {
        knowledge = new Knowledge.NotInKafka();
        now = EXPIRY;
        assertThat(refusal(decide())).isEqualTo(Verdict.Refusal.EXPIRED);
    }

    @Test
    void aCommandCancelledBeforeItWasPublishedIsNotPublished() {
        isCancelled = true;
        hasFinalizer = false;
        assertThat(refusal(decide())).isEqualTo(Verdict.Refusal.CANCELLED);
    }

    @Test
    void aCommandDeletedBeforeItWasPublishedJustGoes() {
        isDeleting = true;
        knowledge = new Knowledge.NotInKafka();
        assertThat(decide()).isEqualTo(new NextStep.RemoveFinalizer());
        hasFinalizer = false;
        assertThat(decide()).isEqualTo(new NextStep.Rest());
    }

    @Test
    void aDeletedOneThatMayBePublishedIsLookedForFirst() {
        isDeleting = true;
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
    }

    @Test
    void cancellationIsAskedOnceAndThenWaitedFor() {
        written = accepted(CommandState.ACCEPTED);
        knowledge = inKafka(Progress.accepted());
        isCancelled = true;
        assertThat(decide()).isEqualTo(new NextStep.AskCancel(command()));
        cancelAsked = true;
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
    }

    @Test
    void deletionOfAWaitingCommandCancelsItAndHoldsTheResource() {
        written = accepted(CommandState.QUEUED);
        knowledge = inKafka(at(CommandState.QUEUED));
        isDeleting = true;
        assertThat(decide()).isEqualTo(new NextStep.AskCancel(command()));
        cancelAsked = true;
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
        knowledge = inKafka(at(CommandState.CANCELLED));
        assertThat(decide()).isInstanceOf(NextStep.WriteStatus.class);
        written = finished(CommandState.CANCELLED);
        assertThat(decide()).isEqualTo(new NextStep.RemoveFinalizer());
    }

    @Test
    void theOneIntermediateWriteWaitsUntilTheStateLasts() {
        written = accepted(CommandState.ACCEPTED);
        knowledge = inKafka(at(CommandState.QUEUED));
        assertThat(decide()).isEqualTo(new NextStep.WaitUntil(NOW.plus(SETTLE)));
        now = NOW.plus(SETTLE);
        assertThat(decide()).isEqualTo(new NextStep.WriteStatus(new Verdict.Published(NOW, at(CommandState.QUEUED))));
        written = accepted(CommandState.QUEUED);
        knowledge = inKafka(at(CommandState.QUEUED, CommandState.SENDING));
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
    }

    @Test
    void whoWaitsForAnAnswerIsToldThatItWasSent() {
        expect = Expectation.SUCCEEDED;
        now = NOW.plus(SETTLE);
        written = accepted(CommandState.ACCEPTED);
        knowledge = inKafka(at(CommandState.QUEUED));
        assertThat(decide()).isEqualTo(WAIT_FOR_NEWS);
        knowledge = inKafka(at(CommandState.QUEUED, CommandState.SENDING, CommandState.SENT));
        assertThat(decide()).isInstanceOf(NextStep.WriteStatus.class);
    }

    @Test
    void theEndIsWrittenAtOnceAndThenTheFinalizerGoes() {
        written = accepted(CommandState.ACCEPTED);
        knowledge = inKafka(at(CommandState.QUEUED, CommandState.SENDING, CommandState.SENT));
        assertThat(decide()).isInstanceOf(NextStep.WriteStatus.class);
        written = finished(CommandState.SENT);
        assertThat(decide()).isEqualTo(new NextStep.RemoveFinalizer());
        hasFinalizer = false;
        assertThat(decide()).isEqualTo(new NextStep.Rest());
    }

    @Test
    void aFinishedCommandIsNeverLookedForNorPublished() {
        hasFinalizer = false;
        written = finished(CommandState.FAILED);
        hasNews = true;
        isCancelled = true;
        assertThat(decide()).isEqualTo(new NextStep.Rest());
    }

    @Test
    void aLateAnswerCorrectsATimeOut() {
        expect = Expectation.SUCCEEDED;
        hasFinalizer = false;
        written = finished(CommandState.TIMED_OUT);
        hasNews = true;
        assertThat(decide()).isEqualTo(new NextStep.LookUp(command()));
        Progress late = at(CommandState.SENDING, CommandState.SENT, CommandState.TIMED_OUT, CommandState.SUCCEEDED);
        knowledge = inKafka(late);
        assertThat(decide()).isEqualTo(new NextStep.WriteStatus(new Verdict.Published(NOW, late)));
    }

    @Test
    void timeToLiveCountsFromTheEnd() {
        hasFinalizer = false;
        written = finished(CommandState.SENT);
        timeToLive = Optional.of(Duration.ofMinutes(1));
        assertThat(decide()).isEqualTo(new NextStep.WaitUntil(NOW.plusSeconds(60)));
        now = NOW.plusSeconds(60);
        assertThat(decide()).isEqualTo(new NextStep.Delete());
    }

    @Test
    void anEditAfterTheEndIsSeenAndChangesNothingElse() {
        hasFinalizer = false;
        written = finished(CommandState.SENT);
        generation = 2;
        assertThat(decide()).isEqualTo(new NextStep.NoteGeneration());
        isDeleting = true;
        assertThat(decide()).isEqualTo(new NextStep.Rest());
    }

    private NextStep decide() {
        return NextStep.decide(observed(new SpecReading.Valid(command())), now, SETTLE);
    }

    private Observed observed(SpecReading reading) {
        return new Observed(
                new Observed.Desired(reading, generation, hasKey, hasFinalizer, isDeleting, isCancelled, timeToLive),
                written,
                knowledge,
                hasNews,
                cancelAsked);
    }

    private static Verdict.Refusal refusal(NextStep step) {
        assertThat(step).isInstanceOf(NextStep.WriteStatus.class);
        return ((Verdict.Refused) ((NextStep.WriteStatus) step).verdict()).refusal();
    }

    private static Knowledge inKafka(Progress progress) {
        return new Knowledge.InKafka(NOW, progress, NOW);
    }

    private static Observed.Written accepted(CommandState state) {
        return new Observed.Written(Optional.of(state), false, Optional.of(NOW), Optional.empty(), 1);
    }

    private static Observed.Written finished(CommandState state) {
        return new Observed.Written(Optional.of(state), true, Optional.of(NOW), Optional.of(NOW), 1);
    }

    private Progress at(CommandState... states) {
        Progress progress = Progress.accepted();
        for (CommandState state : states) {
            progress = progress.apply(StatusEvent.about(command(), state, NOW, "test")
                            .attempt(state == CommandState.QUEUED || state == CommandState.CANCELLED ? 0 : 1)
                            .build())
                    .progress();
        }
        assertThat(progress.state()).isEqualTo(states[states.length - 1]);
        return progress;
    }

    private Command command() {
        return new Command(
                new RequestId("r1"),
                NOW,
                new DeviceId("d1"),
                "reboot",
                Map.of(),
                Protocol.COAP,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                EXPIRY,
                Optional.empty(),
                Optional.empty(),
                expect,
                Optional.empty());
    }
}
