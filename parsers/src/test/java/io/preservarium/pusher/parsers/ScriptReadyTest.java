package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScriptReadyTest {

    @Test
    void itIsReadyWhenTheFirstContextIsThereAndNotBefore() {
        ScriptLimits limits = ScriptLimits.of(TestConfig.defaults());
        ScriptSandbox sandbox = new ScriptSandbox();
        ScriptWorkers workers =
                new ScriptWorkers("parser-ready", sandbox, ScriptClock.REAL, limits, ParserMetrics.none());
        ParserCatalog catalog = ParserCatalog.ofFiles();
        ParserRef ref = new ParserRef("a.py");
        catalog.put(ParserLayer.DIRECTORY, Runtime.script(ref, "def format_command(c): return b'ok'"));
        List.of(ParserLayer.SHIPPED, ParserLayer.DIRECTORY).forEach(catalog::listed);
        try (ScriptParser parser = ScriptParser.over(catalog, sandbox, workers)) {
            // While this thread makes a context no worker can.
            workers.warm(() -> {
                workers.start();
                assertThat(parser.isReady()).isFalse();
            });
            await().atMost(Duration.ofMinutes(1)).until(parser::isReady);
            Formatted formatted =
                    Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("a", Map.of()), Map.of()));
            assertThat(Runtime.text(formatted)).isEqualTo("ok");
            await().atMost(Duration.ofMinutes(1)).until(parser::isWarm);
        }
    }
}
