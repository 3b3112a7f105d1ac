package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaScriptScriptTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "function formatCommand(command, config) { return [1, 255]; }",
                "function format_command(command, config) { return Uint8Array.of(1, 255); }",
                "const formatCommand = command => new Uint8Array([1, 255]).buffer;",
                "var formatCommand = c => new DataView(new Uint8Array([0, 1, 255]).buffer, 1);"
            })
    void formatCommandReturnsBytesOfAnyKind(String source) {
        assertThat(Runtime.hex(Runtime.format(Runtime.javaScript(source)))).isEqualTo("01ff");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    return null;              | UNKNOWN_COMMAND: the script does not know the command type 'config_update'
                    return;                   | UNKNOWN_COMMAND
                    return 'text';            | INVALID_RESULT: the script must return bytes but returned string
                    return [256];             | INVALID_RESULT
                    return [1.5];             | INVALID_RESULT
                    throw new Error('bad');   | FORMAT_FAILED: Error: bad (
                    return new Uint8Array(65537); | PAYLOAD_TOO_LARGE
                    return nothing.at.all;    | FORMAT_FAILED: ReferenceError
                    """)
    void otherResultsAreRefused(String body, String said) {
        assertThat(Runtime.text(Runtime.format(Runtime.javaScript("function formatCommand(command) { " + body + " }"))))
                .startsWith(said);
    }

    /** What codecs for ChirpStack use and TS013 has not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    Buffer.from([1, 255])                                                    | 01ff
                    Buffer.from('Af8=', 'base64')                                            | 01ff
                    Buffer.concat([Buffer.from('01', 'hex'), Buffer.alloc(1, 255)])          | 01ff
                    (b => { b.writeInt16BE(-2); b.writeFloatLE(1.5, 2); return b; })(Buffer.alloc(6)) | fffe0000c03f
                    (b => { b.writeBigUInt64BE(2n ** 63n); return b; })(Buffer.alloc(8))     | 8000000000000000
                    [Buffer.from([255, 254]).readInt16BE() === -2 ? 1 : 0]                   | 01
                    [...atob('AQID')].map(c => c.charCodeAt(0))                              | 010203
                    [...atob(' A f 8 ')].map(c => c.charCodeAt(0))                           | 01ff
                    atob('A')                                                                | FORMAT_FAILED: TypeError: atob: the text is not base64
                    atob('A-==')                                                             | FORMAT_FAILED: TypeError: atob
                    [...btoa('\\x01\\xff')].map(c => c.charCodeAt(0))                        | 4166383d
                    btoa('\\u0100')                                                          | FORMAT_FAILED: TypeError: btoa
                    new TextEncoder().encode('\\u00e9')                                      | c3a9
                    [new TextDecoder().decode(Uint8Array.of(0xc3, 0xa9)).charCodeAt(0)]      | e9
                    (console.log('x'), console.error('y'), [1])                              | 01
                    [Object.getOwnPropertyNames(globalThis).includes('Buf' + 'fer') ? 1 : 0] | 00
                    """)
    void whatChirpStackHasBesideTheLanguageIsThere(String result, String said) {
        assertThat(Runtime.hex(Runtime.format(Runtime.javaScript("formatCommand = c => (" + result + ");"))))
                .startsWith(said);
    }

    @Test
    void theVariablesOfACodecAreTheDevicesSettings() {
        ParserRef ref = Runtime.javaScript("""
                function encodeDownlink(input) { return {bytes: [input.variables.n, Object.keys(input.variables).length]}; }
                function decodeUplink(input) { return {data: input.variables}; }
                """);
        Map<String, Object> config = Map.of("n", 7, "metadata", Map.of("source", "x"));
        assertThat(Runtime.hex(Runtime.format(ref, Optional.empty(), Runtime.command("any", Map.of()), config)))
                .isEqualTo("0701");
        assertThat(Runtime.get(Runtime.PARSER.parse(ref, new byte[0], config)))
                .isInstanceOfSatisfying(Parsed.Outputs.class, parsed -> assertThat(parsed.outputs())
                        .containsExactly(Map.of("n", 7)));
    }

    @Test
    void anExceptionNamesTheLine() {
        ParserRef ref = Runtime.javaScript(
                "function helper() {\n  throw new RangeError('x');\n}\nformatCommand = c => helper();");
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("FORMAT_FAILED: RangeError: x (" + ref + " line 2)");
    }

    @Test
    void aScriptThatDoesNotLoadIsInvalid() {
        ParserRef syntax = Runtime.javaScript("function formatCommand( {");
        assertThat(Runtime.text(Runtime.format(syntax))).startsWith("PARSER_INVALID: SyntaxError");
        assertThat(Runtime.text(Runtime.format(Runtime.javaScript("var x = 1;"))))
                .startsWith("PARSER_INVALID: ");
    }

    @Test
    void integersBeyondTheDoubleArriveExactly() {
        ParserRef ref = Runtime.javaScript(
                "formatCommand = c => Array.from(Object.values(c.payload).map(v => typeof v + ' ' + v).join(), x => x.charCodeAt(0))");
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("a", 9007199254740991L);
        payload.put("b", Long.MIN_VALUE);
        payload.put("c", BigInteger.TWO.pow(70));
        payload.put("d", new BigDecimal("1.5"));
        payload.put("e", JsonNull.NULL);
        payload.put("__proto__", true);
        assertThat(Runtime.text(Runtime.format(ref, payload)))
                .isEqualTo(
                        "number 9007199254740991,bigint -9223372036854775808,bigint 1180591620717411303424,number 1.5,"
                                + "object null,boolean true");
    }

    @Test
    void aLoRaWanEncoderRunsUnchanged() {
        ParserRef ref = Runtime.javaScript("""
                // Sloppy as the repository's: an undeclared name, a negative byte.
                function encodeDownlink(input) {
                  if (input.data.interval === undefined) return { errors: ['interval missing', 'no data'] };
                  seconds = input.data.interval;
                  return { bytes: [0x01, seconds >> 8, seconds & 0xff, -1], fPort: input.fPort + 1, warnings: ['rounded'] };
                }
                """);
        assertThat(Runtime.format(ref, Map.of("interval", 600)))
                .isInstanceOfSatisfying(Formatted.Bytes.class, bytes -> {
                    assertThat(bytes.bytes()).containsExactly(0x01, 0x02, 0x58, 0xff);
                    assertThat(bytes.delivery()).isEqualTo(Map.of("f_port", 2));
                    assertThat(bytes.warnings())
                            .containsExactly("bytes[3] was -1 and is sent as 255, its lowest eight bits", "rounded");
                });
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("FORMAT_FAILED: interval missing; no data");
    }

    @Test
    void aLoRaWanDecoderRunsUnchanged() {
        ParserRef ref = Runtime.javaScript("""
                function decodeUplink(input) {
                  if (input.bytes.length < 2) return { errors: ['too short'] };
                  return { data: { t: (input.bytes[0] << 8 | input.bytes[1]) / 10, port: input.fPort, at: new Date(0), none: undefined } };
                }
                """);
        assertThat(Runtime.parse(ref, "00d7")).isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> assertThat(
                        outputs.outputs())
                .isEqualTo(List.of(Map.of("t", new BigDecimal("21.5"), "port", 1, "at", "1970-01-01T00:00:00.000Z"))));
        assertThat(Runtime.parse(ref, "00"))
                .isInstanceOfSatisfying(Parsed.Failed.class, failed -> assertThat(failed.message())
                        .isEqualTo("too short"));
    }

    @Test
    void bytesThatDoNotFitWrapAndThatIsSaidOnce() {
        ParserRef ref = Runtime.javaScript("function encodeDownlink(input) { return { bytes: [256, 7, -1, 300] }; }");
        assertThat(Runtime.format(ref)).isInstanceOfSatisfying(Formatted.Bytes.class, bytes -> {
            assertThat(bytes.bytes()).containsExactly(0x00, 0x07, 0xff, 0x2c);
            assertThat(bytes.warnings()).containsExactly("bytes[0] was 256 and is sent as 0, its lowest eight bits");
        });
    }

    @Test
    void warningsAndErrorsAreBoundedAndWellFormed() {
        ParserRef ref = Runtime.javaScript("""
                function encodeDownlink(input) {
                  if (input.data.bad) return { errors: ['bad ' + 'a😀'.slice(0, 2)] };
                  return { bytes: [1], fPort: 1e300, warnings: ['😀'.repeat(1000000)].concat(Array(1000).fill('a\\ud83d')) };
                }
                """);
        assertThat(Runtime.format(ref)).isInstanceOfSatisfying(Formatted.Bytes.class, bytes -> {
            assertThat(bytes.delivery()).isEmpty();
            assertThat(bytes.warnings()).hasSize(11).allMatch(warning -> warning.length() <= 200);
            assertThat(bytes.warnings().getFirst()).startsWith("😀").endsWith("😀…");
            assertThat(bytes.warnings().get(1)).isEqualTo("a\uFFFD");
            assertThat(bytes.warnings().getLast()).startsWith("and ");
        });
        assertThat(Runtime.text(Runtime.format(ref, Map.of("bad", true)))).isEqualTo("FORMAT_FAILED: bad a\uFFFD");
    }

    @Test
    void outputsThatJsonCannotSayAreToldAsTheyAreMeant() {
        ParserRef ref = Runtime.javaScript("""
                function parse(payload) {
                  return [{ nan: NaN, inf: -1 / 0, bytes: payload, date: new Date(0), no: new Date(NaN), boxed: new Number(5),
                            f: Math.abs, s: Symbol('x'), floats: Float32Array.of(1.5), half: '\\ud83d', ['k\\udcff']: 1 }];
                }
                """);
        assertThat(Runtime.parse(ref, "01ff")).isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> {
            Map<String, Object> output = outputs.outputs().getFirst();
            assertThat(output)
                    .containsEntry("nan", "NaN")
                    .containsEntry("inf", "-Infinity")
                    .containsEntry("bytes", "01ff")
                    .containsEntry("date", "1970-01-01T00:00:00.000Z")
                    .containsEntry("no", JsonNull.NULL)
                    .containsEntry("boxed", 5)
                    .containsEntry("s", "Symbol(x)")
                    .containsEntry("floats", List.of(new BigDecimal("1.5")))
                    .containsEntry("half", "\uFFFD")
                    .containsEntry("k\uFFFD", 1);
            assertThat(output.get("f")).asString().contains("function abs");
        });
    }

    @Test
    void eachCallStartsAfresh() {
        ParserRef ref = Runtime.javaScript("var n = 0; function formatCommand() { return [++n]; }");
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("01");
        assertThat(Runtime.hex(Runtime.format(ref))).isEqualTo("01");
    }

    @Test
    void parseAndDeviceIdMayHaveEitherSpelling() {
        ParserRef ref = Runtime.javaScript(
                "function deviceId(payload) { return 'd' + payload[0]; }\nfunction parse(payload, config) { return [{n: payload.length, big: 2n ** 64n}]; }");
        assertThat(Runtime.parse(ref, "0701")).isInstanceOfSatisfying(Parsed.Outputs.class, outputs -> {
            assertThat(outputs.deviceId().orElseThrow().value()).isEqualTo("d7");
            assertThat(outputs.outputs()).isEqualTo(List.of(Map.of("n", 2, "big", BigInteger.TWO.pow(64))));
        });
    }
}
