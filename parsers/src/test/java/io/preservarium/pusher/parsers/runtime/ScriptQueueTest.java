package io.preservarium.pusher.parsers.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
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

    private static ParserScript script(String ref) {
        return new ParserScript(TrustDomain.DIRECTORY, new ParserRef(ref), "x = 1", Map.of(), Optional.empty());
    }

    private ScriptCall call(ParserScript script, Priority priority) {
        ScriptCall call = ScriptCall.of(script, new ScriptCall.Work.Format(Map.of(), Map.of()), priority);
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
        queue.arrive();
        return queue.take().orElseThrow();
    }

    private void provenIs(ParserScript script) {
        handOut(script);
        queue.limitsKept(take());
        queue.leave();
    }

    /** What a worker takes that has nothing to take now. */
    private CompletableFuture<ScriptCall> waiting() {
        CompletableFuture<ScriptCall> taken = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> taken.complete(take()));
        return taken;
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
        assertThat(next.get(3, TimeUnit.MINUTES)).isSameAs(third);
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
        assertThat(next.get(3, TimeUnit.MINUTES)).isSameAs(uplink);
        queue.limitsKept(check);
        queue.leave();
        assertThat(take()).isSameAs(laterCheck);
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
