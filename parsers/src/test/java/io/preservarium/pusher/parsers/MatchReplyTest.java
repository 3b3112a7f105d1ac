package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Matched;
import io.preservarium.pusher.command.Reply;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which commands a device has answered, said by its script in either language and wherever it runs. */
class MatchReplyTest {

    private static final TestScripts SCRIPTS = new TestScripts();
    private static final ScriptParser IN_PROCESSES =
            ScriptParser.start(TestConfig.inProcesses(1), SCRIPTS, ParserMetrics.none());

    private static final String PYTHON = """
            def format_command(command): return b''
            def match_reply(outputs, awaiting, config):
                assert config == {'gain': 2, 'metadata': {'source': 'x'}}
                replies = []
                for output in outputs:
                    for command in awaiting:
                        if output['hash'] == command['payload']['hash'] * config['gain']:
                            ok = output.get('ok', True)
                            replies.append({'request_id': command['request_id'], 'outcome': 'succeeded' if ok else 'refused',
                                            'message': f"{type(output).__name__} {output['value']}"})
                return replies
            """;
    private static final String JAVA_SCRIPT = """
            function formatCommand(command) { return []; }
            function matchReply(outputs, awaiting, config) {
              return outputs.flatMap(output => awaiting
                .filter(command => output.hash === command.payload.hash * config.gain)
                .map(command => ({request_id: command.request_id, outcome: output.ok === false ? 'refused' : 'succeeded',
                                  message: `dict ${output.value}`})));
            }
            """;

    @AfterAll
    static void close() {
        IN_PROCESSES.close();
    }

    private static Stream<Arguments> everywhere() {
        return Stream.of(".py", ".js")
                .flatMap(ending -> Stream.of(Runtime.PARSER, IN_PROCESSES).map(parser -> Arguments.of(ending, parser)));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("everywhere")
    void eachCommandGetsItsAnswer(String ending, ScriptParser parser) {
        ParserRef ref = live(ending, ending.equals(".py") ? PYTHON : JAVA_SCRIPT);
        Command first = Runtime.command("any", Map.of("hash", 20));
        Command second = Runtime.command("any", Map.of("hash", 21));
        Command third = Runtime.command("any", Map.of("hash", 22));
        List<Map<String, Object>> outputs = List.of(
                Map.of("hash", 42, "value", new BigDecimal("1.5"), "ok", false),
                Map.of("hash", 7, "value", 0),
                Map.of("hash", 40, "value", 5));

        Matched matched = Runtime.get(parser.matchReply(
                ref, outputs, List.of(first, second, third), Map.of("gain", 2, "metadata", Map.of("source", "x"))));

        assertThat(matched).isInstanceOfSatisfying(Matched.Replies.class, found -> {
            assertThat(found.replies())
                    .containsExactly(
                            new Reply(second.requestId(), Reply.Outcome.REFUSED, "dict 1.5"),
                            new Reply(first.requestId(), Reply.Outcome.SUCCEEDED, "dict 5"));
            assertThat(found.version().ref()).isEqualTo(ref);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    None                                                        | ok
                    []                                                          | ok
                    [{'request_id': ID, 'outcome': 'succeeded'}]                | ok succeeded ''
                    [{'request_id': ID, 'outcome': 'refused', 'message': None}] | ok refused ''
                    'text'                                                      | match_reply must return a list of dicts but returned str
                    [7]                                                         | match_reply must return a list of dicts but replies[0] is int
                    [{'request_id': ID}]                                        | match_reply returned no replies: replies[0].outcome must be 'succeeded' or 'refused'
                    [{'request_id': ID, 'outcome': 'done'}]                     | match_reply returned no replies: replies[0].outcome must be 'succeeded' or 'refused'
                    [{'request_id': 7, 'outcome': 'refused'}]                   | match_reply returned no replies: replies[0].request_id must be text
                    [{'outcome': 'refused'}]                                    | match_reply returned no replies: replies[0].request_id must be text
                    [{'request_id': 'é', 'outcome': 'refused'}]                 | match_reply returned no replies: replies[0].request_id: request id must have
                    [{'request_id': 'other', 'outcome': 'refused'}]             | match_reply returned no replies: replies[0].request_id other is not one of the commands that wait
                    [{'request_id': ID, 'outcome': 'refused'}] * 2              | match_reply returned no replies: replies[1].request_id
                    [{'request_id': ID, 'outcome': 'refused', 'mesage': 'x'}]   | match_reply returned no replies: replies[0] may have request_id, outcome and message but has 'mesage'
                    [{'request_id': ID, 'outcome': 'refused', 'message': 7}]    | match_reply returned no replies: replies[0].message must be text
                    outputs.nothing                                             | AttributeError: 'list' object has no attribute 'nothing' (
                    """)
    void whatIsNoListOfRepliesSaysWhy(String returned, String said) {
        ParserRef ref = live(
                ".py",
                "def parse(payload): return []\ndef match_reply(outputs, awaiting):\n  ID = awaiting[0]['request_id']\n  return "
                        + returned);
        assertThat(told(ref)).startsWith(said);
    }

    @Test
    void aScriptWithoutTheFunctionSaysSo() {
        assertThat(told(live(".py", "def parse(payload): return []")))
                .startsWith("the script has no function match_reply");
        assertThat(told(live(".js", "function parse(payload) { return []; }")))
                .startsWith("the script has no function match_reply");
        assertThat(told(live(".js", "function parse(p) { return []; } function match_reply() { return {}; }")))
                .startsWith("match_reply must return an array of objects but returned Object");
        assertThat(told(live(".js", "function parse(p) { return []; } function match_reply() {}")))
                .isEqualTo("ok");
    }

    @Test
    void aCallLeavesNothingBehind() {
        ParserRef ref = live(".py", """
                seen = []
                def parse(payload): return []
                def match_reply(outputs, awaiting):
                    seen.append(1)
                    assert len(seen) == 1
                """);
        assertThat(told(ref)).isEqualTo("ok");
        assertThat(told(ref)).isEqualTo("ok");
    }

    private static ParserRef live(String ending, String source) {
        ParserRef ref = Runtime.live(ending, source, Map.of());
        SCRIPTS.put(
                ParserLayer.DIRECTORY,
                new ParserScript(TrustDomain.DIRECTORY, ref, source, Map.of(), Optional.empty()));
        return ref;
    }

    /** "ok" with the only reply, or why there is none. */
    private static String told(ParserRef ref) {
        return switch (Runtime.get(
                Runtime.PARSER.matchReply(ref, List.of(), List.of(Runtime.command("any", Map.of())), Map.of()))) {
            case Matched.Replies found when found.replies().isEmpty() -> "ok";
            case Matched.Replies found ->
                "ok " + found.replies().getFirst().outcome().name().toLowerCase(Locale.ROOT) + " '"
                        + found.replies().getFirst().message() + "'";
            case Matched.Missing missing -> "missing";
            case Matched.Failed failed -> failed.message();
        };
    }
}
