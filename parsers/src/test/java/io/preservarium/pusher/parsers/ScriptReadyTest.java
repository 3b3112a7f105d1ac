package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.process.WorkerPools;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.runtime.ScriptWorkers;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScriptReadyTest {

    @Test
    void noWorkerIsReadyBeforeItsContextIsThere() {
        ScriptLimits limits = ScriptParser.limits(TestConfig.defaults());
        try (ScriptSandbox sandbox = new ScriptSandbox();
                ScriptWorkers workers = ScriptWorkers.inContexts(
                        "parser-cold", sandbox, ScriptClock.REAL, limits, ParserMetrics.none())) {
            // While this thread makes a context no worker can.
            workers.warm(() -> {
                workers.start();
                assertThat(workers.isReady()).isFalse();
            });
            await().atMost(Duration.ofMinutes(1)).until(workers::isReady);
        }
    }

    @Test
    void itIsReadyWhenTheFirstContextIsThereAndNotBefore() {
        ScriptLimits limits = ScriptParser.limits(TestConfig.defaults());
        ScriptSandbox sandbox = new ScriptSandbox();
        WorkerPools workers = new WorkerPools(
                "parser-ready", Isolation.IN_PROCESS, sandbox, ScriptClock.REAL, limits, ParserMetrics.none());
        TestScripts scripts = new TestScripts();
        ParserRef ref = new ParserRef("a.py");
        scripts.put(ParserLayer.DIRECTORY, Runtime.script(ref, "def format_command(c): return b'ok'"));
        try (ScriptParser parser = ScriptParser.over(scripts, sandbox, workers)) {
            assertThat(parser.isReady()).isFalse();
            workers.prepare(TrustDomain.SHIPPED);
            await().atMost(Duration.ofMinutes(1)).until(parser::isReady);
            Formatted formatted =
                    Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("a", Map.of()), Map.of()));
            assertThat(Runtime.text(formatted)).isEqualTo("ok");
            await().atMost(Duration.ofMinutes(1)).until(parser::isWarm);
        }
    }
}
