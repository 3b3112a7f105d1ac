package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParserCheckTest {

    private static ParserCheck.Result check(String ending, String source, String examples) {
        ParserScript script = new ParserScript(
                TrustDomain.DIRECTORY,
                Runtime.newRef(ending),
                source,
                Map.of(),
                examples.isEmpty() ? Optional.empty() : Optional.of("{\"examples\": [" + examples + "]}"));
        return Runtime.get(Runtime.PARSER.check(script));
    }

    private static String refusal(ParserCheck.Result result) {
        return result instanceof ParserCheck.Result.Refused refused ? refused.message() : "passed";
    }

    @Test
    void aScriptThatDoesWhatItsExamplesSayPasses() {
        assertThat(check(".py", """
                        def device_id(payload, config): return payload.hex()
                        def parse(payload, config): return [{'n': len(payload), 'f': 21.0}]
                        def format_command(command, config):
                            if command['command_type'] == 'bad': raise ValueError('no such thing')
                            return bytes([command['payload']['n']]) if command['command_type'] == 'n' else None
                        def match_reply(outputs, awaiting, config):
                            return [{'request_id': c['request_id'], 'outcome': outputs[0]['o']} for c in awaiting if c['k'] == 1]
                        """, """
                        {"name": "reply", "function": "match_reply", "outputs": [{"o": "refused"}],
                         "awaiting": [{"request_id": "a", "k": 1}, {"request_id": "b", "k": 2}],
                         "replies": [{"request_id": "a", "outcome": "refused"}]},
                        {"name": "no reply", "function": "match_reply", "outputs": [{"o": "maybe"}],
                         "awaiting": [{"request_id": "a", "k": 1}], "error": "replies[0].outcome must be"},
                        {"name": "n", "function": "format_command", "command": {"command_type": "n", "payload": {"n": 7}}, "bytes": "07"},
                        {"name": "none", "function": "format_command", "command": {"command_type": "x"}, "unknown": true},
                        {"name": "bad", "function": "format_command", "command": {"command_type": "bad"}, "error": "such"},
                        {"name": "parse", "function": "parse", "payload": "0102", "outputs": [{"f": 21, "n": 2}]},
                        {"name": "id", "function": "device_id", "payload": "0aff", "output": "0aff"}
                        """))
                .isInstanceOfSatisfying(ParserCheck.Result.Passed.class, passed -> assertThat(passed.examples())
                        .isEqualTo(7));
    }

    @Test
    void aFailingExampleIsNamedWithWhatWasExpectedAndWhatCame() {
        String source = "def format_command(c): return b'\\x01'\ndef parse(p): return [{'a': 1.5}]";
        assertThat(check(".py", source, """
                        {"name": "good", "function": "format_command", "command": {}, "bytes": "01"},
                        {"name": "one", "function": "format_command", "command": {}, "bytes": "02"},
                        {"name": "two", "function": "parse", "payload": "", "outputs": [{"a": 1}]}
                        """)).isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> {
            assertThat(refused.message()).isEqualTo("2 of 3 examples failed: 'one' expected bytes 02 but was bytes 01");
            assertThat(refused.failures())
                    .extracting(ParserCheck.FailedExample::toString)
                    .containsExactly(
                            "'one' expected bytes 02 but was bytes 01",
                            "'two' expected [{\"a\":1}] but was [{\"a\":1.5}]");
        });
    }

    @Test
    void aScriptThatDoesNotLoadIsRefusedEvenWithoutExamples() {
        assertThat(refusal(check(".py", "def format_command(c) return 1", ""))).startsWith("SyntaxError: ");
        assertThat(refusal(check(".py", "def format_command(c): return 1", ""))).isEqualTo("passed");
        assertThat(refusal(check(".js", "function formatCommand(", ""))).startsWith("SyntaxError: ");
    }

    @Test
    void examplesThatBreakTheirFormatAreRefused() {
        String source = "def format_command(c): return b''";
        assertThat(refusal(
                        check(".py", source, "{\"name\": \"a\", \"function\": \"format_command\", \"bytes\": \"0\"}")))
                .startsWith("example 'a': ");
        assertThat(refusal(check(".py", source, "{\"name\": \"a\", \"function\": \"other\"}")))
                .contains("function must be");
        assertThat(refusal(check(".py", source, "{\"name\": \"a\", \"byte\": \"00\"}")))
                .contains("no such field: byte");
        assertThat(refusal(check(".py", source, "{\"name\": \"a\"}"))).contains("it needs 'bytes' or 'error'");
        assertThat(refusal(check(".py", source, "nonsense"))).startsWith("examples are not JSON");
    }

    @Test
    void thereMayBeAThousandExamplesAndNotMore() {
        String source = "def format_command(c): return b''";
        assertThat(check(".py", source, examples(1_000))).isInstanceOf(ParserCheck.Result.Passed.class);
        assertThat(refusal(check(".py", source, examples(1_001))))
                .isEqualTo("a script may have at most 1000 examples but has 1001");
    }

    private static String examples(int count) {
        return IntStream.range(0, count)
                .mapToObj(n ->
                        "{\"name\": \"" + n + "\", \"function\": \"format_command\", \"command\": {}, \"bytes\": \"\"}")
                .collect(Collectors.joining(","));
    }

    @Test
    void theScriptsClockStandsWhereTheExampleSays() {
        String now =
                ", \"now\": \"2026-11-21T01:52:00.5Z\", \"function\": \"format_command\", \"command\": {}, \"bytes\": \"";
        String expected = hex("1795225920.5 1795225920500000000 2026-11-21T01:52:00 2026-11-21T01:52:00.500000"
                + " 2026-11-21 2026-11-21T01:52:00.500000+00:00 01:52 1795225920.5");
        assertThat(refusal(check(".py", """
                        from time import time as t
                        import time
                        from datetime import datetime, date, timezone
                        at_load = t()
                        def format_command(c):
                            return ' '.join([repr(t()), str(time.time_ns()), time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime()),
                                datetime.now().isoformat(), date.today().isoformat(),
                                datetime.now(timezone.utc).isoformat(), time.strftime('%H:%M'), repr(at_load)]).encode()
                        """, "{\"name\": \"clock\"" + now + expected + "\"}")))
                .isEqualTo("passed");
        assertThat(refusal(check(
                        ".js",
                        "formatCommand = c => Array.from(Date.now() + ' ' + new Date().toISOString() + ' ' + new Date(0).getTime() + (new Date() instanceof Date), x => x.charCodeAt(0))",
                        "{\"name\": \"clock\"" + now + hex("1795225920500 2026-11-21T01:52:00.500Z 0true") + "\"}")))
                .isEqualTo("passed");
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void aCheckDoesNotTouchWhatIsLive() {
        ParserScript hanging = Runtime.script(Runtime.newRef(".py"), "while True: pass");
        assertThat(refusal(Runtime.get(Runtime.PARSER.check(hanging)))).contains("took longer than it may");
        assertThat(Runtime.CATALOG.version(hanging.ref())).isEmpty();
    }
}
