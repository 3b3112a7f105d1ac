package io.preservarium.pusher.parsers.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScriptQueueTest {

    private static final ParserScript A = script("a.py");
    private static final ParserScript B = script("b.py");

    private final ScriptQueue queue = new ScriptQueue(new ScriptLimits(
            Duration.ofMillis(250), Duration.ofSeconds(5), 1L << 28, 100, 100, 2, 4, 3, Duration.ofMinutes(1)));

    private int calls;

    private static ParserScript script(String ref) {
        return new ParserScript(TrustDomain.DIRECTORY, new ParserRef(ref), "x = 1", Map.of(), Optional.empty());
    }

    private ScriptCall call(ParserScript script, Priority priority) {
        ScriptCall call = ScriptCall.of(
                script, new ScriptCall.Work.Format(Map.of("request_id", "r" + ++calls), Map.of()), priority);
        assertThat(queue.submit(call)).isEmpty();
        return call;
    }

    private ScriptCall handOut(ParserScript script) {
        return call(script, Priority.HAND_OUT);
    }

    private ScriptCall check(ParserScript script) {
        return call(script, Priority.CHECK);
    }

    private ScriptCall take() {
        return takeAs("worker");
    }

    private ScriptCall takeAs(String worker) {
        queue.arrive();
        return queue.take(worker).orElseThrow();
    }

    private CompletableFuture<ScriptCall> waitingAs(String worker) {
        CompletableFuture<ScriptCall> taken = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> taken.complete(takeAs(worker)));
        return taken;
    }

    private void provenIs(ParserScript script) {
        handOut(script);
        queue.limitsKept(take());
        queue.leave();
    }

    /** What a worker takes that has nothing to take now. */
    private CompletableFuture<ScriptCall> waiting() {
        return waitingAs("worker");
    }

    @Test
    void aScriptThatKeepsItsLimitsGetsEveryContextAndOneWorkerStaysFreeOfIt() throws Exception {
        provenIs(A);
        ScriptCall first = handOut(A);
        ScriptCall second = handOut(A);
        ScriptCall third = handOut(A);
        ScriptCall other = handOut(B);
        assertThat(take()).isSameAs(first);
        assertThat(take()).isIn(second, other);
        assertThat(take()).isIn(second, other);
        CompletableFuture<ScriptCall> next = waiting();
        assertThat(next).isNotDone();
        queue.limitsKept(first);
        queue.leave();
        assertThat(next.get(20, TimeUnit.SECONDS)).isSameAs(third);
    }

    @Test
    void aScriptThatHasNotShownThatItKeepsItsLimitsGetsOneWorker() {
        ScriptCall first = handOut(A);
        ScriptCall second = handOut(A);
        ScriptCall other = handOut(B);
        assertThat(take()).isSameAs(first);
        assertThat(take()).isSameAs(other);
        queue.limitsKept(first);
        queue.leave();
        assertThat(take()).isSameAs(second);
    }

    @Test
    void scriptsTakeTurns() {
        provenIs(A);
        provenIs(B);
        ScriptCall first = handOut(A);
        ScriptCall second = handOut(A);
        ScriptCall other = handOut(B);
        assertThat(take()).isSameAs(first);
        assertThat(take()).isSameAs(other);
        assertThat(take()).isSameAs(second);
    }

    @Test
    void whatIsAboutToLeaveGoesBeforeChecksOfNewCommandsAndFindsAWorkerFree() throws Exception {
        provenIs(A);
        ScriptCall check = check(A);
        ScriptCall laterCheck = check(A);
        ScriptCall handOut = handOut(A);
        assertThat(take()).isSameAs(handOut);
        queue.limitsKept(handOut);
        queue.leave();
        assertThat(take()).isSameAs(check);
        CompletableFuture<ScriptCall> next = waiting();
        ScriptCall uplink = handOut(A);
        assertThat(next.get(20, TimeUnit.SECONDS)).isSameAs(uplink);
        queue.limitsKept(check);
        queue.leave();
        assertThat(take()).isSameAs(laterCheck);
    }

    @Test
    void whatBrokeALimitRunsOnOneWorkerAloneAndNothingElseDoes() throws Exception {
        provenIs(B);
        handOut(A);
        queue.limitBroken("first", takeAs("first"), false);
        CompletableFuture<ScriptCall> onFirst = waitingAs("first");
        ScriptCall other = handOut(B);
        assertThat(takeAs("second")).isSameAs(other);
        assertThat(onFirst).isNotDone();
        CompletableFuture<ScriptCall> onSecond = waitingAs("second");
        ScriptCall again = handOut(A);
        assertThat(onFirst.get(20, TimeUnit.SECONDS)).isSameAs(again);
        assertThat(onSecond).isNotDone();
        queue.limitsKept(again);
        queue.leave();
        ScriptCall later = handOut(A);
        assertThat(waitingAs("first").get(20, TimeUnit.SECONDS)).isSameAs(later);
        ScriptCall last = handOut(B);
        assertThat(onSecond.get(20, TimeUnit.SECONDS)).isSameAs(last);
    }

    @Test
    void oneMoreWorkerIsWantedForOthersThanWhatBrokeALimit() {
        provenIs(B);
        handOut(A);
        ScriptCall hostile = takeAs("first");
        ScriptCall good = handOut(B);
        assertThat(queue.wantsWorker()).isTrue();
        queue.limitBroken("first", hostile, false);
        assertThat(queue.isConfining("first")).isTrue();
        assertThat(queue.wantsWorker()).isTrue();
        queue.arrive();
        assertThat(queue.wantsWorker())
                .as("what is confined to it is all it takes")
                .isTrue();
        queue.leave();
        CompletableFuture<ScriptCall> onFirst = waitingAs("first");
        assertThat(takeAs("second")).isSameAs(good);
        assertThat(onFirst).isNotDone();
    }

    @Test
    void aWorkerThatIsLostConfinesNothing() {
        handOut(A);
        queue.limitBroken("first", takeAs("first"), false);
        ScriptCall again = handOut(A);
        assertThat(takeAs("first")).isSameAs(again);
        queue.limitBroken("first", again, true);
        assertThat(queue.isConfining("first")).isFalse();
        ScriptCall other = handOut(B);
        assertThat(takeAs("second")).isSameAs(other);
    }

    @Test
    void aWorkerThatIsAloneRunsEverything() {
        ScriptQueue one = new ScriptQueue(new ScriptLimits(
                Duration.ofMillis(250), Duration.ofSeconds(5), 1L << 28, 100, 100, 1, 4, 3, Duration.ofMinutes(1)));
        for (ParserScript script : List.of(A, B)) {
            one.submit(ScriptCall.of(script, new ScriptCall.Work.Format(Map.of(), Map.of()), Priority.HAND_OUT));
        }
        one.arrive();
        one.limitBroken("only", one.take("only").orElseThrow(), false);
        one.arrive();
        assertThat(one.take("only").orElseThrow().script()).isEqualTo(B);
    }

    @Test
    void confinementEnds() throws Exception {
        ScriptQueue brief = new ScriptQueue(new ScriptLimits(
                Duration.ofMillis(250), Duration.ofSeconds(5), 1L << 28, 100, 100, 2, 4, 3, Duration.ofMillis(20)));
        ScriptCall first = ScriptCall.of(A, new ScriptCall.Work.Format(Map.of(), Map.of()), Priority.HAND_OUT);
        brief.submit(first);
        brief.arrive();
        brief.limitBroken("first", brief.take("first").orElseThrow(), false);
        assertThat(brief.isConfining("first")).isTrue();
        TimeUnit.MILLISECONDS.sleep(250);
        assertThat(brief.isConfining("first")).isFalse();
        ScriptCall again = ScriptCall.of(
                A, new ScriptCall.Work.Format(Map.of("request_id", "other"), Map.of()), Priority.HAND_OUT);
        brief.submit(again);
        brief.arrive();
        assertThat(brief.take("second")).contains(again);
    }

    @Test
    void aFloodOfHandOutsDoesNotKeepNewCommandsFromBeingCheckedForEver() {
        provenIs(A);
        ScriptCall check = check(A);
        int before = 0;
        while (true) {
            handOut(A);
            ScriptCall next = take();
            queue.limitsKept(next);
            queue.leave();
            if (next == check) {
                break;
            }
            before++;
            assertThat(before).isLessThan(100);
        }
        assertThat(before).isGreaterThan(50);
    }
}
