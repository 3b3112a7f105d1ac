package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptLimitsTest {

    /** One thread, so that a script's second call there is never its first. */
    private static final ScriptParser ONE_THREAD = ScriptParser.start(
            new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(5), 1), Runtime.CATALOG, ParserMetrics.none());

    @AfterAll
    static void close() {
        ONE_THREAD.close();
    }

    private static Formatted format(ParserRef ref, Map<String, Object> payload) {
        return Runtime.get(
                ONE_THREAD.format(ref, Optional.empty(), Runtime.command("config_update", payload), Map.of()));
    }

    private static Formatted format(ParserRef ref) {
        return format(ref, Map.of());
    }

    /** Good when asked for "good", so that its first call, which may take longer, is behind it. */
    private static ParserRef warmed(String body) {
        ParserRef ref =
                Runtime.python("import time, re\ndef format_command(c):\n  if 'good' in c['payload']: return b'ok'\n"
                        + body + "\n  return b'end'");
        assertThat(Runtime.text(format(ref, Map.of("good", true)))).isEqualTo("ok");
        return ref;
    }

    private static String good(ParserRef ref) {
        return Runtime.text(format(ref, Map.of("good", true)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  while True: pass",
                "  time.sleep(100)",
                "  for i in range(10**12): x = i * i",
                "  while True:\n    try:\n      while True: pass\n    except BaseException: pass",
                "  try:\n    while True: pass\n  finally:\n    while True: pass"
            })
    void aCallThatDoesNotEndIsStoppedAndTheNextOneWorks(String body) {
        ParserRef ref = warmed(body);
        long start = System.nanoTime();
        assertThat(Runtime.text(format(ref)))
                .startsWith("FORMAT_TIMEOUT: the call took longer than it may and was stopped");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        assertThat(good(ref)).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  x = []\n  while True: x.append('x' * 1000)",
                "  x = 'x'\n  while True: x = x + x",
                "  x = bytes(2**31 - 20)",
                "  return [0] * (2**31 - 20)"
            })
    void anAllocationBombIsStoppedAndTheNextCallWorks(String body) {
        ParserRef ref = warmed(body);
        assertThat(Runtime.text(format(ref)))
                .matches("(?s)FORMAT_(TIMEOUT|FAILED): .*(memory|MemoryError|longer than it may).*");
        assertThat(good(ref)).isEqualTo("ok");
    }

    @Test
    void aLoopInJavaScriptIsStopped() {
        ParserRef ref = Runtime.javaScript("function formatCommand(c) { while (!c.payload.good); return [1]; }");
        assertThat(Runtime.hex(format(ref, Map.of("good", true)))).isEqualTo("01");
        assertThat(Runtime.text(format(ref))).startsWith("FORMAT_TIMEOUT: ");
        assertThat(Runtime.hex(format(ref, Map.of("good", true)))).isEqualTo("01");
        ParserRef bomb = Runtime.javaScript("function formatCommand(c) { const x = []; for (;;) x.push({}); }");
        assertThat(Runtime.text(format(bomb))).matches("(?s).*(memory|longer than it may).*");
    }

    private static Formatted format(ParserRef ref, String device, Map<String, Object> payload) {
        return Runtime.get(
                ONE_THREAD.format(ref, Optional.empty(), Runtime.command(device, "config_update", payload), Map.of()));
    }

    @Test
    void aScriptThatBreaksLimitsForOneDeviceAfterTheOtherIsQuarantinedForAWhileAndDelaysTheRest() {
        ParserRef ref = warmed("  while True: pass");
        Queue<ParserRef> told = new ConcurrentLinkedQueue<>();
        ONE_THREAD.whenAvailable(told::add);
        for (int i = 0; i < 3; i++) {
            assertThat(Runtime.text(format(ref, "device-" + i, Map.of())))
                    .startsWith("FORMAT_TIMEOUT: the call took longer than it may");
        }
        assertThat(format(ref, "another", Map.of("good", true)))
                .isInstanceOfSatisfying(Formatted.Quarantined.class, quarantined -> assertThat(quarantined.why())
                        .startsWith("the script is quarantined: calls for 3 devices in a row broke a limit"));
        await().atMost(Duration.ofSeconds(30)).until(() -> told.contains(ref));
        assertThat(Runtime.text(format(ref, "another", Map.of("good", true)))).isEqualTo("ok");
    }

    @Test
    void aDeviceForWhichAScriptKeepsBreakingLimitsWaitsAlone() {
        ParserRef ref = warmed("  while True: pass");
        for (int i = 0; i < 3; i++) {
            assertThat(Runtime.text(format(ref, "poisonous", Map.of())))
                    .startsWith("FORMAT_TIMEOUT: the call took longer than it may");
        }
        assertThat(Runtime.text(format(ref, "poisonous", Map.of("good", true))))
                .startsWith("quarantined: the script is quarantined for this device: 3 of its calls in a row broke a");
        assertThat(Runtime.text(format(ref, "another", Map.of("good", true)))).isEqualTo("ok");
        await().atMost(Duration.ofSeconds(30)).until(() -> Runtime.text(format(ref, "poisonous", Map.of("good", true)))
                .equals("ok"));
    }

    @Test
    void aCommandThatBrokeALimitIsItsOwnFaultAndIsNotRunAgain() {
        ParserRef ref = warmed("  while True: pass");
        Command poison = Runtime.command("device", "config_update", Map.of());
        assertThat(Runtime.text(Runtime.get(ONE_THREAD.format(ref, Optional.empty(), poison, Map.of()))))
                .startsWith("FORMAT_TIMEOUT: the call took longer than it may");
        assertThat(Runtime.text(Runtime.get(ONE_THREAD.format(ref, Optional.empty(), poison, Map.of()))))
                .startsWith("FORMAT_TIMEOUT: this call broke a limit of the script runtime ")
                .contains("is not run again");
        assertThat(Runtime.text(format(ref, "device", Map.of("good", true)))).isEqualTo("ok");
    }

    @Test
    void anUplinkThatBreaksLimitsHoldsUpItsSenderAlone() {
        ParserRef ref = Runtime.python("def parse(payload, config):\n  while payload[0]: pass\n  return [{}]");
        Map<String, Object> poisonous = Map.of("metadata", Map.of("source", "192.0.2.1:5683"));
        Map<String, Object> another = Map.of("metadata", Map.of("source", "192.0.2.1:5684"));
        assertThat(parse(ref, another, 0)).isEqualTo("1 outputs");
        for (int i = 1; i <= 3; i++) {
            assertThat(parse(ref, poisonous, i)).startsWith("the call took longer than it may");
        }
        assertThat(parse(ref, poisonous, 3)).contains("is not run again");
        assertThat(parse(ref, poisonous, 0)).startsWith("the script is quarantined for this device");
        assertThat(parse(ref, another, 0)).isEqualTo("1 outputs");
    }

    private static String parse(ParserRef ref, Map<String, Object> config, int first) {
        return switch (Runtime.get(ONE_THREAD.parse(ref, new byte[] {(byte) first}, config))) {
            case Parsed.Outputs outputs -> outputs.outputs().size() + " outputs";
            case Parsed.Missing missing -> "missing";
            case Parsed.Failed failed -> failed.message();
        };
    }

    @Test
    void callsThatWaitBehindAQuarantineWaitOn() {
        ParserRef ref = warmed("  while True: pass");
        List<CompletableFuture<Formatted>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(ONE_THREAD
                    .format(ref, Optional.empty(), Runtime.command("device-" + i, "loop", Map.of()), Map.of())
                    .toCompletableFuture());
        }
        List<String> said = calls.stream().map(Runtime::get).map(Runtime::text).toList();
        assertThat(said)
                .allMatch(text -> text.startsWith("FORMAT_TIMEOUT: the call") || text.startsWith("quarantined"));
        assertThat(said.stream().filter(text -> text.startsWith("FORMAT_TIMEOUT")))
                .hasSizeBetween(3, 4);
    }

    @Test
    void aScriptThatHangsHoldsUpNobodyElse() {
        ParserRef hanging = Runtime.python("def format_command(c):\n  while True: pass");
        ParserRef other = Runtime.python("def format_command(c): return b'ok'");
        List<CompletableFuture<Formatted>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(Runtime.PARSER
                    .format(hanging, Optional.empty(), Runtime.command("loop", Map.of()), Map.of())
                    .toCompletableFuture());
        }
        // The hanging script's first call may take as long as loading may: five seconds.
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(Runtime.text(Runtime.format(other))).isEqualTo("ok");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(calls.getLast()).isNotDone();
        calls.forEach(Runtime::get);
    }

    @Test
    void aScriptThatCannotBeStoppedCostsItsThreadAndNoOtherOne() {
        ParserRef ref = warmed("  sum(range(3 * 10**8))");
        ParserRef other = warmed("  pass");
        assertThat(Runtime.text(format(ref))).startsWith("FORMAT_TIMEOUT: the call took longer than it may");
        for (int i = 0; i < 5; i++) {
            assertThat(good(other)).isEqualTo("ok");
        }
        assertThat(good(ref)).startsWith("quarantined: the script could not be stopped");
        assertThat(Runtime.text(format(ref, "another", Map.of("good", true)))).isEqualTo("ok");
        await().atMost(Duration.ofSeconds(30)).until(ONE_THREAD::isWarm);
    }

    @Test
    void aScriptThatEndsTheInterpreterBreaksALimitAndTheOthersGoOn() {
        ParserRef ref = warmed("  import os\n  os._exit(1)");
        ParserRef other = warmed("  pass");
        for (int i = 0; i < 3; i++) {
            assertThat(Runtime.text(format(ref, "device-" + i, Map.of())))
                    .startsWith("FORMAT_FAILED: the call ended the interpreter, which no script may (" + ref);
            assertThat(good(other)).isEqualTo("ok");
        }
        assertThat(Runtime.text(format(ref, "another", Map.of())))
                .startsWith("quarantined: the script is quarantined: calls for 3 devices in a row broke a limit");
    }

    @Test
    void aScriptThatDoesNotEndLoadingIsStopped() {
        TestScripts scripts = new TestScripts();
        try (ScriptParser parser = ScriptParser.start(
                new TestConfig(Duration.ofMillis(100), Duration.ofMillis(300), 1), scripts, ParserMetrics.none())) {
            ParserRef ref = new ParserRef("endless.py");
            scripts.put(ParserLayer.DIRECTORY, Runtime.script(ref, "while True: pass"));
            assertThat(Runtime.text(Runtime.get(
                            parser.format(ref, Optional.empty(), Runtime.command("a", Map.of()), Map.of()))))
                    .startsWith("FORMAT_TIMEOUT: loading the script took longer than it may");
        }
    }

    @Test
    void aScriptThatIsTooLongIsInvalid() {
        ParserRef ref = Runtime.python("#".repeat(262144) + "\ndef format_command(c): return b''");
        assertThat(Runtime.text(format(ref))).startsWith("PARSER_INVALID: script and companions have 26");
    }

    @Test
    void aWrongSettingStopsTheStartAndIsNamed() {
        TestConfig wrong = new TestConfig(Duration.ZERO, Duration.ofSeconds(5), 2);
        assertThatThrownBy(() -> ScriptParser.start(wrong, new TestScripts(), ParserMetrics.none()))
                .hasMessage("PARSER_CALL_LIMIT must be longer than zero but was PT0S");
        TestConfig none = new TestConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 0);
        assertThatThrownBy(() -> ScriptParser.start(none, new TestScripts(), ParserMetrics.none()))
                .hasMessage("PARSER_CONTEXTS must be at least 1 but was 0");
    }
}
