package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ParserMetricsTest {

    /** Writes down what it is told. */
    private static final class Told implements ParserMetrics {
        final List<String> words = new CopyOnWriteArrayList<>();

        @Override
        public void formatted(ParserRef ref, boolean success, Duration took) {
            words.add("formatted " + success + " " + took.isPositive());
        }

        @Override
        public void parsed(ParserRef ref, boolean success, Duration took) {
            words.add("parsed " + success + " " + took.isPositive());
        }

        @Override
        public void matched(ParserRef ref, boolean success, Duration took) {
            words.add("matched " + success + " " + took.isPositive());
        }

        @Override
        public void loaded(ParserRef ref, boolean success, Duration took) {
            words.add("loaded " + success + " " + took.isPositive());
        }

        @Override
        public void looked(ParserRef ref, boolean hit) {
            words.add("hit " + hit);
        }
    }

    @Test
    void loadsHitsAndOutcomesAreCounted() {
        Told told = new Told();
        TestScripts scripts = new TestScripts();
        try (ScriptParser parser =
                ScriptParser.start(new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(5), 1), scripts, told)) {
            ParserRef ref = new ParserRef("a.py");
            scripts.put(
                    ParserLayer.TOPIC,
                    Runtime.script(ref, "def format_command(c): return c['payload'].get('b') and b'b'"));
            Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("a", Map.of("b", true)), Map.of()));
            Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("a", Map.of()), Map.of()));
            Runtime.get(parser.parse(ref, new byte[0], Map.of()));
        }
        assertThat(told.words)
                .containsExactly(
                        "hit false",
                        "loaded true true",
                        "formatted true true",
                        "hit true",
                        "formatted false true",
                        "hit true",
                        "parsed false true");
    }

    @Test
    void aClosedRuntimeAnswersAndDoesNotHang() {
        ScriptParser parser = ScriptParser.start(
                new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(5), 1),
                Runtime.CATALOG,
                ParserMetrics.none());
        ParserRef ref = Runtime.python("def format_command(c): return b'x'");
        parser.close();
        assertThat(Runtime.text(
                        Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("a", Map.of()), Map.of()))))
                .isEqualTo("FORMAT_FAILED: the script runtime is shut down");
    }
}
