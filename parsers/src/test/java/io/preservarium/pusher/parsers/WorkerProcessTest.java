package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts in processes of their own: what they give is the same, and nothing of what they do outlives its call. */
class WorkerProcessTest {

    private static final TestScripts SCRIPTS = new TestScripts();
    private static final ScriptParser PARSER =
            ScriptParser.start(TestConfig.inProcesses(1), SCRIPTS, ParserMetrics.none());

    @AfterAll
    static void close() {
        PARSER.close();
    }

    @Test
    void valuesCrossAsTheyAre() {
        ParserRef ref = live(".py", """
                def format_command(command, config):
                    return repr(command['payload']).encode()
                """);
        Map<String, Object> payload = Map.of(
                "all",
                List.of(
                        1,
                        Long.MIN_VALUE,
                        new BigInteger("123456789012345678901234567890"),
                        0.1,
                        new BigDecimal("1.5"),
                        true,
                        "\u00e9\ud83d\ude00\u0000",
                        List.of(),
                        Map.of()));
        assertThat(text(format(ref, "one", payload)))
                .isEqualTo("{'all': [1, -9223372036854775808, 123456789012345678901234567890, 0.1, 1.5, True,"
                        + " '\u00e9\ud83d\ude00\\x00', [], {}]}");
        assertThat(text(format(ref, "one", payload))).isEqualTo(text(get(Runtime.PARSER, ref, payload)));
    }

    @Test
    void outputsComeBackAsTheyAre() {
        ParserRef ref = live(".py", """
                def parse(payload, config):
                    return [{'n': None, 'i': 2 ** 63 - 1, 'f': 1e300, 's': payload.hex(), 'l': [{}, True]}]
                """);
        Parsed here = Runtime.get(Runtime.PARSER.parse(ref, new byte[] {1, -1}, Map.of()));
        assertThat(here).isInstanceOf(Parsed.Outputs.class);
        assertThat(Runtime.get(PARSER.parse(ref, new byte[] {1, -1}, Map.of()))).isEqualTo(here);
    }

    @Test
    void aScriptsOwnErrorComesBackWithItsLine() {
        ParserRef ref = live(".py", "def format_command(c):\n    raise ValueError('too warm')");
        assertThat(text(format(ref, "one", Map.of())))
                .contains("too warm")
                .contains("line 2")
                .isEqualTo(text(get(Runtime.PARSER, ref, Map.of())));
    }

    @Test
    void javaScriptRunsToo() {
        ParserRef ref = live(".js", "function formatCommand(c) { return [c.payload.n, 2] }");
        assertThat(format(ref, "one", Map.of("n", 7)))
                .isInstanceOfSatisfying(Formatted.Bytes.class, bytes -> assertThat(bytes.bytes())
                        .containsExactly(7, 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(range(10 ** 12))",
                "10 ** (10 ** 8)",
                "__import__('re').match('(a|aa)+$', 'a' * 60 + 'b')",
                "[bytearray(10 ** 7) for _ in range(10 ** 4)]",
                "list(map(str, range(10 ** 9)))"
            })
    void whatNothingCanStopEndsWithItsProcessAndTheNextCallRuns(String endless) {
        ParserRef ref = live(".py", """
                def format_command(command):
                    if command['payload'].get('endless'):
                        %s
                    return b'ok'
                """.formatted(endless));
        assertThat(text(format(ref, "one", Map.of()))).isEqualTo("ok");
        long begin = System.nanoTime();
        assertThat(text(format(ref, "one", Map.of("endless", true)))).startsWith("FORMAT_TIMEOUT: the call took ");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(text(format(ref, "one", Map.of()))).isEqualTo("ok");
        assertThat(text(format(ref, "two", Map.of()))).isEqualTo("ok");
        assertThat(workers()).as("nothing burns on").hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aCallWhoseProcessIsKilledRunsOnceMore() {
        ParserRef ref = live(".py", """
                import time
                def format_command(command):
                    time.sleep(0.4)
                    return b'ok'
                """);
        assertThat(text(format(ref, "one", Map.of()))).isEqualTo("ok");
        CompletionStage<Formatted> running = begin(ref, "one", Map.of());
        List<ProcessHandle> killed = workers();
        killed.forEach(ProcessHandle::destroyForcibly);
        assertThat(killed).isNotEmpty();
        assertThat(text(Runtime.get(running))).isEqualTo("ok");
    }

    @Test
    void aCallWaitsForAProcessThatCannotBeStarted() {
        ParserRef ref = live(".py", """
                import time
                def format_command(command):
                    time.sleep(0.7)
                    return b'ok'
                """);
        assertThat(text(format(ref, "one", Map.of()))).isEqualTo("ok");
        CompletionStage<Formatted> running = begin(ref, "one", Map.of());
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    workers().forEach(ProcessHandle::destroyForcibly);
                    return System.nanoTime() - end > 0;
                });
        assertThat(text(Runtime.get(running))).isEqualTo("ok");
    }

    /** Each is killed while the call waits in it. */
    @Test
    void aCallThatBringsDownTwoProcessesFailsAndIsNotRunAgain() {
        ParserRef ref = live(".py", """
                import time
                def format_command(command):
                    time.sleep(6)
                    return b'ok'
                """);
        ParserRef other = live(".py", "def format_command(command): return b'ok'");
        assertThat(text(format(other, "one", Map.of()))).isEqualTo("ok");
        Queue<String> ends = new ConcurrentLinkedQueue<>();
        Handler handler = new StreamHandler() {
            @Override
            public synchronized void publish(LogRecord told) {
                if (told.getMessage().contains(ref.value()) && told.getMessage().contains("its worker process ended")) {
                    ends.add(told.getMessage());
                }
            }
        };
        Logger.getLogger("").addHandler(handler);
        CompletionStage<Formatted> running = begin(ref, "one", Map.of());
        workers().forEach(ProcessHandle::destroyForcibly);
        Map<Long, Long> seen = new HashMap<>();
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            for (ProcessHandle worker : workers()) {
                long first = seen.computeIfAbsent(worker.pid(), none -> System.nanoTime());
                if (System.nanoTime() - first > Duration.ofMillis(7_500).toNanos()) {
                    worker.destroyForcibly();
                }
            }
            return running.toCompletableFuture().isDone();
        });
        assertThat(text(Runtime.get(running)))
                .startsWith("FORMAT_FAILED: ")
                .contains("ended the process that it ran in");
        Logger.getLogger("").removeHandler(handler);
        assertThat(ends).hasSize(2);
        assertThat(text(format(other, "one", Map.of()))).isEqualTo("ok");
    }

    @Test
    void theInterpretersEndIsNotTheProcess() {
        ParserRef ref = live(".py", "import os\ndef format_command(command): os._exit(0)");
        assertThat(text(format(ref, "one", Map.of()))).contains("ended the interpreter, which no script may");
        assertThat(text(format(live(".py", "def format_command(c): return b'ok'"), "one", Map.of())))
                .isEqualTo("ok");
    }

    @Test
    void aCheckRunsInAProcessToo() {
        ParserScript endless =
                Runtime.script(Runtime.newRef(".py"), "sum(range(10 ** 12))\ndef format_command(c): return b''");
        assertThat(Runtime.get(PARSER.check(endless)))
                .isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> assertThat(refused.message())
                        .contains("took longer than it may"));
        ParserScript good = new ParserScript(
                TrustDomain.DIRECTORY,
                Runtime.newRef(".py"),
                "import time\ndef format_command(c): return time.strftime('%Y', time.gmtime()).encode()",
                Map.of(),
                Optional.of("{\"examples\": [{\"name\": \"x\", \"command\": {}, \"now\":"
                        + " \"2001-02-03T04:05:06Z\", \"bytes\": \"32303031\"}]}"));
        assertThat(Runtime.get(PARSER.check(good))).isInstanceOf(ParserCheck.Result.Passed.class);
    }

    @Test
    void anotherProcessStartsWhenACallWaitsForOne() {
        TestScripts scripts = new TestScripts();
        ParserScript script = Runtime.script(
                Runtime.newRef(".py"), "import time\ndef format_command(c):\n    time.sleep(0.3)\n    return b'ok'");
        scripts.put(ParserLayer.DIRECTORY, script);
        await().atMost(Duration.ofMinutes(2)).until(PARSER::isWarm);
        Set<Long> before = pids();
        try (ScriptParser parser = ScriptParser.start(TestConfig.inProcesses(2), scripts, ParserMetrics.none())) {
            await().atMost(Duration.ofMinutes(2)).until(parser::isWarm);
            assertThat(text(get(parser, script.ref(), Map.of()))).isEqualTo("ok");
            assertThat(pids()).filteredOn(pid -> !before.contains(pid)).hasSize(1);
            List<CompletionStage<Formatted>> running = Stream.of("one", "two", "three", "four")
                    .map(device -> parser.format(
                            script.ref(), Optional.empty(), Runtime.command(device, "any", Map.of()), Map.of()))
                    .toList();
            running.forEach(call -> assertThat(text(Runtime.get(call))).isEqualTo("ok"));
            assertThat(pids()).filteredOn(pid -> !before.contains(pid)).hasSizeGreaterThan(1);
        }
    }

    @Test
    void itsProcessesEndWithIt() {
        TestScripts scripts = new TestScripts();
        await().atMost(Duration.ofMinutes(2)).until(PARSER::isWarm);
        Set<Long> before = pids();
        try (ScriptParser parser = ScriptParser.start(TestConfig.inProcesses(1), scripts, ParserMetrics.none())) {
            await().atMost(Duration.ofMinutes(2)).until(parser::isWarm);
            assertThat(pids()).filteredOn(pid -> !before.contains(pid)).isNotEmpty();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(before).containsAll(pids()));
    }

    /** Of the parser, and one for its checks. */
    private static List<ProcessHandle> workers() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .toList();
    }

    private static Set<Long> pids() {
        return workers().stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private static ParserRef live(String ending, String source) {
        ParserRef ref = Runtime.newRef(ending);
        ParserScript script = Runtime.script(ref, source);
        SCRIPTS.put(ParserLayer.DIRECTORY, script);
        Runtime.CATALOG.put(ParserLayer.DIRECTORY, script);
        return ref;
    }

    private static Formatted format(ParserRef ref, String device, Map<String, Object> payload) {
        return Runtime.get(begin(ref, device, payload));
    }

    private static CompletionStage<Formatted> begin(ParserRef ref, String device, Map<String, Object> payload) {
        return PARSER.format(ref, Optional.empty(), Runtime.command(device, "any", payload), Map.of());
    }

    private static Formatted get(ScriptParser parser, ParserRef ref, Map<String, Object> payload) {
        return Runtime.get(parser.format(ref, Optional.empty(), Runtime.command("one", "any", payload), Map.of()));
    }

    private static String text(Formatted formatted) {
        return Runtime.text(formatted);
    }
}
