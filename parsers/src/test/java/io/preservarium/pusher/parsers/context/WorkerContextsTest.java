package io.preservarium.pusher.parsers.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.context.WorkerContexts.Place;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerContextsTest {

    private static final TrustDomain A = TrustDomain.ofOwner("a");
    private static final TrustDomain B = TrustDomain.ofOwner("b");
    private static final TrustDomain C = TrustDomain.ofOwner("c");

    private final AtomicLong nanos = new AtomicLong();
    private final ScriptSandbox sandbox = new ScriptSandbox();
    private final WorkerContexts contexts = new WorkerContexts(sandbox, ScriptClock.REAL, 100, 2, nanos::get);

    @AfterEach
    void close() {
        contexts.close();
        sandbox.close();
    }

    private static ParserScript script(TrustDomain domain) {
        return new ParserScript(
                domain, new ParserRef("script.py"), "def format_command(c): return b''", Map.of(), Optional.empty());
    }

    private void call(TrustDomain domain) {
        contexts.enter(script(domain), Optional.empty());
        if (contexts.loaded(script(domain)).isEmpty()) {
            contexts.load(script(domain));
        }
    }

    @Test
    void theOneNotUsedForLongestMakesRoomAndWhatWasLoadedThereGoesWithIt() {
        call(A);
        call(B);
        call(A);
        call(C);
        assertThat(contexts.open()).containsExactlyInAnyOrder(Place.shared(A), Place.shared(C));
        assertThat(contexts.loaded(script(A))).isPresent();
        assertThat(contexts.loaded(script(B))).isEmpty();
    }

    @Test
    void anIdleOneGoesWithTheNextCallAndNeverTheOneThatIsCalled() {
        call(A);
        call(B);
        nanos.addAndGet(Duration.ofMinutes(11).toNanos());
        call(A);
        assertThat(contexts.open()).containsExactly(Place.shared(A));
        assertThat(contexts.loaded(script(A))).as("it was the idlest of all").isPresent();
        assertThat(contexts.current()).isPresent();
        nanos.addAndGet(Duration.ofMinutes(11).toNanos());
        call(A);
        assertThat(contexts.open()).as("the last one stays").containsExactly(Place.shared(A));
    }

    @Test
    void aDomainsScriptsThatAreAloneCrowdOutEachOtherAndNobodyElse() {
        call(A);
        for (int n = 0; n < 3; n++) {
            ParserScript alone = new ParserScript(
                    B,
                    new ParserRef("alone_" + n + ".py"),
                    "import sys\nsys.x = 1\ndef format_command(c): return b''",
                    Map.of(),
                    Optional.empty());
            contexts.enter(alone, Optional.empty());
            contexts.load(alone);
            assertThat(contexts.open())
                    .containsExactlyInAnyOrder(Place.shared(A), new Place(B, Optional.of(alone.version())));
        }
        assertThat(contexts.loaded(script(A))).isPresent();
    }
}
