package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonScriptTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b'\\x01\\xff'",
                "bytearray(b'\\x01\\xff')",
                "memoryview(b'\\x01\\xff')",
                "memoryview(b'\\x01__\\xff')[::3]",
                "__import__('array').array('B', [1, 255])",
                "[1, 255]",
                "(True, 255)",
                "type('Mine', (bytes,), {})(b'\\x01\\xff')"
            })
    void anyBytesLikeResultCounts(String expression) {
        ParserRef ref = Runtime.python("def format_command(command, config): return " + expression);
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("01ff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'text'", "[1, 256]", "[-1]", "[1.0]", "('1',)", "5", "True", "{}", "(x for x in ())"})
    void anythingElseIsAnInvalidResultThatNamesItsType(String expression) {
        ParserRef ref = Runtime.python("def format_command(command, config): return " + expression);
        assertThat(Runtime.text(Runtime.format(ref)))
                .startsWith("INVALID_RESULT: format_command must return bytes but returned ");
    }

    @Test
    void noneMeansUnknownCommand() {
        ParserRef ref = Runtime.python("def format_command(command, config): return None");
        assertThat(Runtime.text(Runtime.format(ref)))
                .isEqualTo("UNKNOWN_COMMAND: the script does not know the command type 'config_update'");
    }

    @Test
    void anEmptyResultIsAResult() {
        ParserRef ref = Runtime.python("def format_command(command, config): return b''");
        assertThat(Runtime.hex(Runtime.format(ref))).isEmpty();
    }

    @Test
    void tooManyBytesAreRefused() {
        ParserRef ref = Runtime.python("def format_command(c): return bytes(c['payload']['n'])");
        assertThat(Runtime.format(ref, Map.of("n", 65536))).isInstanceOf(Formatted.Bytes.class);
        assertThat(Runtime.text(Runtime.format(ref, Map.of("n", 65537))))
                .isEqualTo("PAYLOAD_TOO_LARGE: format_command returned 65537 bytes, more than the limit of 65536");
    }

    @Test
    void anExceptionReachesTheMessageWithTheScriptsLine() {
        ParserRef ref = Runtime.python("""
                import json

                def helper(payload):
                    return json.loads("{")

                def format_command(command, config):
                    return helper(command)
                """);
        assertThat(Runtime.text(Runtime.format(ref)))
                .startsWith("FORMAT_FAILED: JSONDecodeError: Expecting property name")
                .endsWith("(" + ref + " line 4)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "raise ValueError('bad')",
                "raise SystemExit('bad')",
                "raise KeyboardInterrupt('bad')",
                "raise MemoryError('bad')",
                "raise type('Mine', (BaseException,), {})('bad')",
                "import sys; sys.exit('bad')"
            })
    void whateverAScriptRaisesIsAFailureOfItsOwn(String statement) {
        ParserRef ref = Runtime.python("def format_command(c):\n  " + statement);
        assertThat(Runtime.text(Runtime.format(ref)))
                .startsWith("FORMAT_FAILED: ")
                .endsWith(": bad (" + ref + " line 2)");
    }

    @Test
    void endlessRecursionIsAFailure() {
        ParserRef ref = Runtime.python("def format_command(c): return format_command(c)");
        assertThat(Runtime.text(Runtime.format(ref))).startsWith("FORMAT_FAILED: RecursionError");
        assertThat(Runtime.text(Runtime.format(ref))).startsWith("FORMAT_FAILED: RecursionError");
    }

    @Test
    void aLongMessageIsCut() {
        ParserRef ref = Runtime.python("def format_command(c): raise ValueError('x' * 100000)");
        Formatted.Refused refused = (Formatted.Refused) Runtime.format(ref);
        assertThat(refused.message()).hasSizeLessThanOrEqualTo(500).endsWith("(" + ref + " line 1)");
    }

    @Test
    void anExceptionWithoutTextIsStillNamed() {
        ParserRef ref = Runtime.python("""
                class Shy(Exception):
                    def __str__(self): raise ValueError
                def format_command(c):
                    raise Shy()
                """);
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("FORMAT_FAILED: Shy (" + ref + " line 4)");
    }

    @Test
    void aScriptThatDoesNotLoadIsInvalid() {
        ParserRef syntax = Runtime.python("x = 1\ndef format_command(c)\n  return b''\n");
        assertThat(Runtime.text(Runtime.format(syntax)))
                .startsWith("PARSER_INVALID: SyntaxError: ")
                .endsWith("(" + syntax + " line 2)");
        ParserRef raising = Runtime.python("x = 1\nx['a']\ndef format_command(c): return b''");
        assertThat(Runtime.text(Runtime.format(raising)))
                .startsWith("PARSER_INVALID: TypeError: ")
                .endsWith("(" + raising + " line 2)");
        ParserRef nothing = Runtime.python("x = 1");
        assertThat(Runtime.text(Runtime.format(nothing))).startsWith("PARSER_INVALID: ");
        ParserRef noFunction = Runtime.python("format_command = 5");
        assertThat(Runtime.text(Runtime.format(noFunction)))
                .startsWith("PARSER_INVALID: TypeError: format_command must be a function but is int");
        ParserRef onlyParse = Runtime.python("def parse(payload, config): return []");
        assertThat(Runtime.text(Runtime.format(onlyParse)))
                .isEqualTo("PARSER_INVALID: the script has no function format_command");
    }

    @Test
    void theCommandIsARealDictOfTheWholeCommand() {
        ParserRef ref = Runtime.python("""
                import json
                def format_command(command, config):
                    assert type(command) is dict and type(command['payload']) is dict and type(config) is dict
                    assert type(config['list']) is list and type(command['device_id']) is str
                    return json.dumps([command, config], sort_keys=True, separators=(',', ':')).encode()
                """);
        Map<String, Object> config = Map.of("list", List.of(1, "zwei", true), "metadata", Map.of("uri_path", "/m"));
        assertThat(Runtime.text(Runtime.format(
                                ref,
                                Optional.empty(),
                                Runtime.command("set", Map.of("a", Map.of("b", List.of()))),
                                config))
                        .replaceFirst("0199-[0-9]+", "0199"))
                .isEqualTo("[{\"command_type\":\"set\",\"device_id\":\"282c02424eed\",\"expect\":\"sent\","
                        + "\"expires_at\":\"2026-11-28T01:52:00.123Z\",\"metadata\":{\"mode\":\"piggyback\"},"
                        + "\"payload\":{\"a\":{\"b\":[]}},\"protocol\":\"coap\",\"request_id\":\"0199\","
                        + "\"timestamp\":\"2026-11-21T01:52:00.123Z\"},"
                        + "{\"list\":[1,\"zwei\",true],\"metadata\":{\"uri_path\":\"/m\"}}]");
    }

    @Test
    void numbersNullAndTextArriveAsTheyAre() {
        ParserRef ref = Runtime.python("""
                def format_command(command, config):
                    return repr([(v, type(v).__name__) for v in command['payload'].values()]).encode('utf-8')
                """);
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("int", 7);
        payload.put("long", Long.MIN_VALUE);
        payload.put("max", Long.MAX_VALUE);
        payload.put("u64", new BigInteger("18446744073709551615"));
        payload.put("huge", BigInteger.TEN.pow(40).negate());
        payload.put("small", BigInteger.TWO);
        payload.put("decimal", new BigDecimal("21.5"));
        payload.put("whole", new BigDecimal("21.0"));
        payload.put("null", JsonNull.NULL);
        payload.put("flag", false);
        payload.put("text", "grüß 😀\u0000");
        assertThat(Runtime.text(Runtime.format(ref, payload)))
                .isEqualTo("[(7, 'int'), (-9223372036854775808, 'int'), (9223372036854775807, 'int'), "
                        + "(18446744073709551615, 'int'), (-10000000000000000000000000000000000000000, 'int'), (2, 'int'), "
                        + "(21.5, 'float'), (21.0, 'float'), (None, 'NoneType'), (False, 'bool'), "
                        + "('grüß 😀\\x00', 'str')]");
    }

    @Test
    void aFunctionMayTakeTheCommandAlone() {
        assertThat(Runtime.text(Runtime.format(Runtime.python("def format_command(command): return b'one'"))))
                .isEqualTo("one");
        assertThat(Runtime.text(Runtime.format(
                        Runtime.python("format_command = lambda c, config=None: bytes(str(config), 'ascii')"))))
                .isEqualTo("{}");
        assertThat(Runtime.text(Runtime.format(Runtime.python("def format_command(*a): return bytes([48 + len(a)])"))))
                .isEqualTo("2");
    }

    @Test
    void twoScriptsKeepTheirStateApart() {
        String source = """
                count = %d
                def format_command(c):
                    global count
                    count += 1
                    return str(count).encode()
                """;
        ParserRef first = Runtime.python(source.formatted(0));
        ParserRef second = Runtime.python(source.formatted(100));
        assertThat(Runtime.text(Runtime.format(first))).isIn("1", "2");
        assertThat(Integer.parseInt(Runtime.text(Runtime.format(second)))).isGreaterThan(100);
        assertThat(Integer.parseInt(Runtime.text(Runtime.format(first)))).isLessThan(100);
    }

    @Test
    void aNewVersionUnderTheSameNameRunsFromTheNextCallOn() {
        ParserRef ref = Runtime.python("def format_command(c): return b'old'");
        Formatted.Bytes old = (Formatted.Bytes) Runtime.format(ref);
        ParserScript next = Runtime.script(ref, "def format_command(c): return b'new'");
        Runtime.CATALOG.put(ParserLayer.TOPIC, next);
        Formatted.Bytes fresh = (Formatted.Bytes) Runtime.format(ref);
        assertThat(new String(old.bytes(), StandardCharsets.US_ASCII)).isEqualTo("old");
        assertThat(new String(fresh.bytes(), StandardCharsets.US_ASCII)).isEqualTo("new");
        assertThat(fresh.version()).isEqualTo(next.version()).isNotEqualTo(old.version());
        Runtime.CATALOG.remove(ParserLayer.TOPIC, ref);
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("old");
    }

    @Test
    void aCommandThatNamesAnotherVersionIsRefused() {
        ParserRef ref = Runtime.python("def format_command(c): return b'x'");
        Digest live = Runtime.CATALOG.version(ref).orElseThrow().sha256();
        assertThat(Runtime.format(ref, Optional.of(live), Runtime.command("a", Map.of()), Map.of()))
                .isInstanceOf(Formatted.Bytes.class);
        Digest other = Digest.of(new byte[0]);
        assertThat(Runtime.format(ref, Optional.of(other), Runtime.command("a", Map.of()), Map.of()))
                .isInstanceOfSatisfying(Formatted.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.PARSER_DIGEST_MISMATCH);
                    assertThat(refused.message()).contains(live.hex(), other.hex());
                });
    }

    @Test
    void aScriptThatIsNotThereIsMissing() {
        ParserRef ref = new ParserRef("nobody.py");
        assertThat(Runtime.format(ref)).isEqualTo(new Formatted.Missing(ref));
        assertThat(Runtime.parse(ref, "00")).isEqualTo(new Parsed.Missing(ref));
    }

    @Test
    void parseGivesPlainValues() {
        ParserRef ref = Runtime.python("""
                import datetime, enum
                class Level(enum.IntEnum):
                    HIGH = 5
                def device_id(payload, config): return payload[:2].hex()
                def parse(payload, config):
                    assert type(payload) is bytes
                    yield {'n': 1, 'big': 2**64, 'neg': -2**70, 'f': 21.0, 'no': None, 'yes': True, 't': 'ü',
                           'list': (1, [2.5]), 'when': datetime.datetime(2026, 1, 2, 3, 4), 'level': Level.HIGH, 'nan': float('nan')}
                    yield {1: {}}
                """);
        assertThat(Runtime.parse(ref, "0aff00")).isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> {
            assertThat(outputs.deviceId().orElseThrow().value()).isEqualTo("0aff");
            Map<String, Object> first = new LinkedHashMap<>();
            first.put("n", 1);
            first.put("big", BigInteger.TWO.pow(64));
            first.put("neg", BigInteger.TWO.pow(70).negate());
            first.put("f", new BigDecimal("21.0"));
            first.put("no", JsonNull.NULL);
            first.put("yes", true);
            first.put("t", "ü");
            first.put("list", List.of(1, List.of(new BigDecimal("2.5"))));
            first.put("when", "2026-01-02T03:04:00");
            first.put("level", 5);
            first.put("nan", "nan");
            assertThat(outputs.outputs()).containsExactly(first, Map.of("1", Map.of()));
        });
    }

    @Test
    void outputsThatJsonCannotSayAreToldAsTheyAreMeant() {
        ParserRef ref = Runtime.python("""
                import datetime, decimal, enum, uuid
                class Mode(enum.Enum):
                    SLOW = 'slow'
                class Shy:
                    def __str__(self): raise ValueError
                def parse(payload, config):
                    return [{'decimal': decimal.Decimal('21.50'), 'not a number': decimal.Decimal('NaN'), 'mode': Mode.SLOW,
                             'day': datetime.date(2026, 1, 2), 'time': datetime.time(3, 4), 'bytes': b'\\x01\\xff',
                             'view': memoryview(b'\\x02'), 'inf': -float('inf'), 'set': {2, 1}, 'huge': 10 ** 10000,
                             'id': uuid.UUID(int=1), 'shy': Shy(), (1, 2): 3, None: 4}]
                """);
        assertThat(Runtime.parse(ref, "00")).isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> {
            Map<String, Object> output = new LinkedHashMap<>();
            output.put("decimal", new BigDecimal("21.50"));
            output.put("not a number", "NaN");
            output.put("mode", "slow");
            output.put("day", "2026-01-02");
            output.put("time", "03:04:00");
            output.put("bytes", "01ff");
            output.put("view", "02");
            output.put("inf", "-inf");
            output.put("set", List.of(1, 2));
            output.put("huge", "an integer of 33220 bits");
            output.put("id", "00000000-0000-0000-0000-000000000001");
            output.put("shy", "<Shy>");
            output.put("(1, 2)", 3);
            output.put("None", 4);
            assertThat(outputs.outputs()).containsExactly(output);
        });
    }

    @Test
    void halfCharactersNeverLeaveTheRuntime() {
        ParserRef ref = Runtime.python("""
                def format_command(c): raise ValueError('bad \\udcff')
                def parse(payload, config):
                    text = payload.decode('utf-8', 'surrogateescape')
                    if text == '!': raise ValueError(text + '\\ud83d')
                    return [{text: text}]
                """);
        assertThat(Runtime.text(Runtime.format(ref))).startsWith("FORMAT_FAILED: ValueError: bad \uFFFD (");
        assertThat(Runtime.parse(ref, "41ff"))
                .isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> assertThat(outputs.outputs())
                        .containsExactly(Map.of("A\uFFFD", "A\uFFFD")));
        assertThat(Runtime.parse(ref, "21"))
                .isInstanceOfSatisfying(Parsed.Failed.class, failed -> assertThat(failed.message())
                        .startsWith("ValueError: !\uFFFD ("));
    }

    /** A form of arguments that came often enough is built by compiled code instead of a loop. */
    @Test
    void aCommandIsTheSameInEveryCall() {
        ParserRef ref = Runtime.python("def format_command(c, config): return repr((c['payload'], config)).encode()");
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("it's \"quoted\" \\ {}:%s", List.of(Map.of(), List.of(), Map.of("a", List.of(1, "b"))));
        payload.put("u64", new BigInteger("-18446744073709551615"));
        payload.put("null", JsonNull.NULL);
        payload.put("", new BigDecimal("0.5"));
        Object deep = "end";
        for (int i = 0; i < 50; i++) {
            deep = i % 2 == 0 ? List.of(deep) : Map.of("k", deep);
        }
        payload.put("deep", deep);
        String first = Runtime.text(Runtime.format(ref, payload));
        assertThat(first).contains("-18446744073709551615", "None", "'': 0.5", "end");
        for (int i = 0; i < 40; i++) {
            assertThat(Runtime.text(Runtime.format(ref, payload))).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    return {}                   | parse must return a list of dicts but returned dict
                    return None                 | parse must return a list of dicts but returned NoneType
                    return [1]                  | parse must return a list of dicts but outputs[0] is int
                    a = []; a.append(a); return [{'a': a}] | levels deep
                    raise IndexError('short')   | IndexError: short (
                    """)
    void rubbishFromParseFailsAndSaysWhere(String body, String message) {
        ParserRef ref = Runtime.python("def device_id(p, c): return 'dev-1'\ndef parse(payload, config):\n  " + body);
        assertThat(Runtime.parse(ref, "00")).isInstanceOfSatisfying(Parsed.Failed.class, failed -> {
            assertThat(failed.message()).contains(message);
            assertThat(failed.deviceId().orElseThrow().value()).isEqualTo("dev-1");
        });
    }

    @Test
    void aDeviceIdThatIsNoneOfOursFails() {
        ParserRef number = Runtime.python("def device_id(p): return 5\ndef parse(p): return []");
        assertThat(Runtime.parse(number, "00"))
                .isInstanceOfSatisfying(Parsed.Failed.class, failed -> assertThat(failed.message())
                        .isEqualTo("device_id must return a str but returned int"));
        ParserRef control = Runtime.python("def device_id(p): return 'a\\n'\ndef parse(p): return []");
        assertThat(Runtime.parse(control, "00"))
                .isInstanceOfSatisfying(Parsed.Failed.class, failed -> assertThat(failed.message())
                        .contains("no control characters"));
        ParserRef none = Runtime.python("def device_id(p): return None\ndef parse(p): return []");
        assertThat(Runtime.parse(none, "00"))
                .isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> assertThat(outputs.deviceId())
                        .isEmpty());
    }
}
