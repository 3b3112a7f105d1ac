package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.RequestId;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandJsonTest {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123Z");
    private static final String MINIMAL =
            "{\"device_id\":\"d1\",\"command_type\":\"reboot\",\"payload\":{},\"protocol\":\"coap\"%s}";

    @Test
    void theRecordOnTheTopicIsPinned() throws IOException {
        String golden = golden("command.json");
        Command command = valid(CommandJson.readRecord(bytes(golden), id("unused"), NOW, ExpiryRule.STANDARD));
        assertThat(new String(CommandJson.write(command), StandardCharsets.UTF_8))
                .isEqualTo(golden.replaceAll("\\n *", "").strip());
    }

    @Test
    void numbersStayExact() {
        Command command = valid(
                record(
                        String.format(
                                MINIMAL,
                                ",\"metadata\":{\"big\":9223372036854775807,\"huge\":123456789012345678901234567890,\"exact\":0.10,\"no\":null,\"list\":[1,\"a\",true]}")));
        assertThat(command.metadata())
                .containsEntry("big", Long.MAX_VALUE)
                .containsEntry("huge", new BigInteger("123456789012345678901234567890"))
                .containsEntry("exact", new BigDecimal("0.10"))
                .containsEntry("no", JsonNull.NULL)
                .containsEntry("list", List.of(1, "a", true));
        assertThat(new String(CommandJson.write(command), StandardCharsets.UTF_8))
                .contains("\"big\":9223372036854775807", "\"huge\":123456789012345678901234567890", "\"exact\":0.10");
    }

    @Test
    void aRecordWithoutIdTakesTheOneOfItsPosition() {
        Command command = valid(record(String.format(MINIMAL, ",\"request_id\":null")));
        assertThat(command.requestId().value()).isEqualTo("device_commands-3-42");
        assertThat(command.timestamp()).isEqualTo(NOW);
        assertThat(command.expiresAt()).isEqualTo(Instant.parse("2026-11-28T01:52:00.123Z"));
    }

    @Test
    void kafkaReadersIgnoreUnknownFieldsAndRestRefusesThem() {
        String json = String.format(MINIMAL, ",\"comand_type\":\"x\"");
        assertThat(record(json)).isInstanceOf(CommandJson.Read.Valid.class);
        assertThat(violations(request(json)))
                .containsExactly(
                        new Violation("comand_type", "is not a field of a command; did you mean 'command_type'?"));
    }

    @Test
    void theOldPathFieldNamesItsSuccessor() {
        assertThat(violations(request(String.format(MINIMAL, ",\"path\":\"parser.py\"")))
                        .get(0)
                        .message())
                .contains("parser_script_ref");
    }

    @Test
    void shortcutsMoveIntoTheMetadata() {
        Command command =
                valid(request(String.format(MINIMAL, ",\"qos\":2,\"topic\":\"a/b\",\"metadata\":{\"qos\":2}")));
        assertThat(command.metadata()).containsEntry("qos", 2).containsEntry("topic", "a/b");
        assertThat(violations(request(String.format(MINIMAL, ",\"qos\":2,\"metadata\":{\"qos\":1}"))))
                .containsExactly(new Violation("qos", "differs from metadata.qos; give it once"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\"} | device_id | is required",
                "{\"device_id\":\"\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\"} | device_id | 1 to 256",
                "{\"device_id\":\"a\\u0007\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\"} | device_id | control",
                "{\"device_id\":\"a\\ud800\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\"} | device_id | Unicode",
                "{\"device_id\":7,\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\"} | device_id | must be a string but was a number",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":[],\"protocol\":\"coap\"} | payload | must be a JSON object but was a list",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{\"a\":[{\"b\":\"\\udfff\"}]},\"protocol\":\"coap\"} | payload.a[0].b | not valid Unicode",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{\"a\":1e999999},\"protocol\":\"coap\"} | payload.a | exponent",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"lora\"} | protocol | 'coap' or 'mqtt' but was 'lora'",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"parser_script_ref\":\"../x.py\"} | parser_script_ref | file name",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"parser_script_sha256\":\"AB\"} | parser_script_sha256 | 64 lower-case hex",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"expires_at\":\"2026-11-20T00:00:00Z\"} | expires_at | future",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"expires_at\":\"2027-11-20T00:00:00Z\"} | expires_at | at most 30 days",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"expires_at\":\"tomorrow\"} | expires_at | RFC 3339",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"not_before\":\"2026-11-29T00:00:00Z\"} | not_before | earlier than expires_at",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"expect\":\"done\"} | expect | 'sent', 'delivered' or 'succeeded'",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"reply_timeout_seconds\":0.5} | reply_timeout_seconds | whole number",
                "{\"device_id\":\"d\",\"command_type\":\"x\",\"payload\":{},\"protocol\":\"coap\",\"request_id\":\"a b\"} | request_id | 1 to 128",
            })
    void aBrokenRuleIsNamedWithItsField(String json, String field, String message) {
        assertThat(violations(request(json))).anySatisfy(violation -> {
            assertThat(violation.field()).isEqualTo(field);
            assertThat(violation.message()).contains(message);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"a\":1}{",
                "{\"device_id\":\"d\",\"device_id\":\"e\"}",
                "NaN",
                "{\"a\":01}"
            })
    void whatIsNoJsonObjectIsNoCommand(String text) {
        assertThat(request(text)).isInstanceOf(CommandJson.Read.Invalid.class);
        assertThat(record(text)).isInstanceOf(CommandJson.Read.Invalid.class);
    }

    @Test
    void depthNumberLengthAndInvalidUtf8AreRefusedWithoutTheContent() {
        String deep = "{\"payload\":" + "[".repeat(100_000) + "}";
        assertThat(violations(request(deep)).get(0).message()).contains("levels deep");
        String digits = String.format(MINIMAL, ",\"metadata\":{\"n\":" + "9".repeat(5_000) + "}");
        assertThat(violations(request(digits)).get(0).message()).contains("digits");
        byte[] utf8 = bytes(String.format(MINIMAL, ",\"collapse_key\":\"secret?\""));
        utf8[utf8.length - 3] = (byte) 0xC3;
        CommandJson.Read read = CommandJson.readRequest(utf8, () -> id("r"), NOW, ExpiryRule.STANDARD);
        assertThat(violations(read).toString()).doesNotContain("secret");
    }

    @Test
    void everyViolationIsFoundAtOnce() {
        assertThat(violations(request("{}")))
                .extracting(Violation::field)
                .containsExactly("device_id", "command_type", "payload", "protocol");
    }

    @Test
    void anInvalidItemOfABatchFailsAlone() {
        String good = String.format(MINIMAL, "");
        String batch = "{\"commands\":[" + good + ",{\"device_id\":\"d\"},7," + good + "]}";
        CommandJson.BatchRead.Items items = (CommandJson.BatchRead.Items) batch(batch, 10, 1_000);
        assertThat(items.items())
                .extracting(read -> read instanceof CommandJson.Read.Valid)
                .containsExactly(true, false, false, true);
    }

    @Test
    void aLongItemFailsAloneAndALongBatchAsAWhole() {
        String good = String.format(MINIMAL, "");
        String longOne = String.format(MINIMAL, ",\"metadata\":{\"x\":\"" + "y".repeat(2_000) + "\"}");
        CommandJson.BatchRead.Items items =
                (CommandJson.BatchRead.Items) batch("{\"commands\":[" + longOne + "," + good + "]}", 10, 1_000);
        assertThat(violations(items.items().get(0)).get(0).message()).contains("at most 1000 bytes");
        assertThat(items.items().get(1)).isInstanceOf(CommandJson.Read.Valid.class);
        assertThat(batch("{\"commands\":[" + good + "," + good + "]}", 1, 1_000))
                .isInstanceOf(CommandJson.BatchRead.NoBatch.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "{\"commands\":[]}", "{\"commands\":7}", "{\"items\":[]}", "{\"commands\":[1"})
    void whatIsNoBatchIsRefusedWhole(String text) {
        assertThat(batch(text, 10, 1_000)).isInstanceOf(CommandJson.BatchRead.NoBatch.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1e-400", "1e2000", "1e99999999999", "0.1e-2000"})
    void aNumberThatADoubleCannotHoldIsRefusedByNameWhereverItComesIn(String number) {
        String json = String.format(MINIMAL, ",\"metadata\":{\"a\":[{\"b\":" + number + "}]}");
        for (CommandJson.Read read : List.of(request(json), record(json))) {
            assertThat(violations(read))
                    .containsExactly(
                            new Violation(
                                    "metadata.a[0].b",
                                    "must be a number of at most 100 digits that a double can hold, with an exponent from -324 to 308"));
        }
    }

    @Test
    void aNumberOfMoreThanAHundredDigitsIsRefusedByNameInWhateverForm() {
        for (String number :
                List.of("9".repeat(101), "-" + "9".repeat(101), "0." + "9".repeat(101), "9".repeat(5_000))) {
            assertThat(violations(request(String.format(MINIMAL, ",\"metadata\":{\"n\":" + number + "}"))))
                    .extracting(Violation::field)
                    .containsExactly("metadata.n");
        }
        for (String number : List.of("9".repeat(100), "-" + "9".repeat(100), "0." + "9".repeat(100))) {
            readBack(request(String.format(MINIMAL, ",\"metadata\":{\"n\":" + number + "}")));
        }
    }

    @Test
    void aNumberWhosePlainFormOutgrowsTheLimitIsReadBack() {
        String number = "9".repeat(98) + "e5";
        Command command = readBack(request(String.format(MINIMAL, ",\"metadata\":{\"n\":" + number + "}")));
        assertThat(command.metadata()).containsEntry("n", new BigDecimal(number));
    }

    @Test
    void aDecimalStaysOneWithoutADigitAfterThePoint() {
        Command command = readBack(request(String.format(MINIMAL, ",\"metadata\":{\"n\":1.5e1,\"m\":5E0}")));
        assertThat(command.metadata())
                .containsEntry("n", new BigDecimal("15.0"))
                .containsEntry("m", new BigDecimal("5.0"));
    }

    @Test
    void zeroKeepsItsSign() {
        Command command =
                readBack(request(String.format(MINIMAL, ",\"metadata\":{\"n\":-0.0,\"e\":-0e7,\"i\":-0,\"p\":0.0}")));
        assertThat(command.metadata())
                .containsEntry("n", -0.0)
                .containsEntry("e", -0.0)
                .containsEntry("i", 0)
                .containsEntry("p", new BigDecimal("0.0"));
        assertThat(new String(CommandJson.write(command), StandardCharsets.UTF_8))
                .contains("\"n\":-0.0");
    }

    @Test
    void tenThousandBadNumbersAreToldByTheFirstOfThem() {
        String many = String.join(",", java.util.Collections.nCopies(10_000, "1e2000"));
        CommandJson.Read read = record(String.format(MINIMAL, ",\"metadata\":{\"a\":[" + many + "]}"));
        assertThat(violations(read)).hasSize(21);
        assertThat(((CommandJson.Read.Invalid) read).message()).hasSizeLessThanOrEqualTo(1000);
        assertThat(((CommandJson.Read.Invalid) read).deviceId()).isPresent();
    }

    @Test
    void tenThousandUnknownFieldsAreToldByTheFirstOfThem() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            many.append(",\"unknown").append(i).append("\":1");
        }
        assertThat(violations(request(String.format(MINIMAL, many)))).hasSize(20);
        assertThat(record(String.format(MINIMAL, many))).isInstanceOf(CommandJson.Read.Valid.class);
    }

    @Test
    void whatAReaderIgnoresBreaksNoLimit() {
        readBack(record(String.format(MINIMAL, ",\"new\":{\"n\":1e999,\"h\":\"\\ud800\"}")));
    }

    @Test
    void sixtyFourLevelsAreReadAndOneMoreIsNamed() {
        readBack(request(String.format(MINIMAL, ",\"metadata\":{\"a\":" + "[".repeat(62) + "]".repeat(62) + "}")));
        String deep = String.format(MINIMAL, ",\"metadata\":{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}");
        assertThat(violations(request(deep))).singleElement().satisfies(violation -> {
            assertThat(violation.field()).startsWith("metadata.a[0]");
            assertThat(violation.message()).isEqualTo("is more than 64 levels deep");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "\u20ac", "\ud83d\ude00"})
    void aKeyOf1024CharactersIsReadAndALongerOneIsNamed(String character) {
        int times = 1024 / character.length();
        String key = character.repeat(times);
        assertThat(readBack(request(String.format(MINIMAL, ",\"metadata\":{\"" + key + "\":1}")))
                        .metadata())
                .containsKey(key);
        String longer = "x" + key;
        assertThat(violations(request(String.format(MINIMAL, ",\"metadata\":{\"" + longer + "\":1}"))))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message())
                        .isEqualTo("is a key of 1025 characters; it must have at most 1024"));
    }

    @Test
    void aBatchLosesOnlyItsBadItems() {
        String good = String.format(MINIMAL, "");
        String deep = String.format(MINIMAL, ",\"metadata\":{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}");
        String number = String.format(MINIMAL, ",\"metadata\":{\"n\":" + "9".repeat(5_000) + "}");
        String key = String.format(MINIMAL, ",\"metadata\":{\"" + "k".repeat(1_025) + "\":1}");
        String batch = "{\"commands\":[" + String.join(",", good, deep, number, key, "[[7]]", good) + "]}";
        assertThat(((CommandJson.BatchRead.Items) batch(batch, 10, 10_000)).items())
                .extracting(read -> read instanceof CommandJson.Read.Valid)
                .containsExactly(true, false, false, false, false, true);
        assertThat(violations(((CommandJson.BatchRead.Items) batch(batch, 10, 10_000))
                        .items()
                        .get(2)))
                .extracting(Violation::field)
                .containsExactly("metadata.n");
    }

    @Test
    void aByteOrderMarkIsSkippedAndOnlyUtf8IsRead() {
        String json = String.format(MINIMAL, "");
        assertThat(record("\ufeff" + json)).isInstanceOf(CommandJson.Read.Valid.class);
        for (String encoding : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
            byte[] bytes = json.getBytes(java.nio.charset.Charset.forName(encoding));
            assertThat(CommandJson.readRecord(bytes, id("r"), NOW, ExpiryRule.STANDARD))
                    .as(encoding)
                    .isInstanceOf(CommandJson.Read.Invalid.class);
        }
    }

    @Test
    void timesAreComparedAsTheyAreKept() {
        assertThat(violations(request(String.format(
                        MINIMAL,
                        ",\"not_before\":\"2026-11-22T00:00:00.0001Z\",\"expires_at\":\"2026-11-22T00:00:00.0009Z\""))))
                .extracting(Violation::field)
                .containsExactly("not_before");
        assertThat(violations(request(String.format(MINIMAL, ",\"expires_at\":\"2026-11-21T01:52:00.1239Z\""))))
                .extracting(Violation::field)
                .containsExactly("expires_at");
        Command command = readBack(request(String.format(MINIMAL, ",\"expires_at\":\"2026-11-22T00:00:00.0019Z\"")));
        assertThat(command.expiresAt()).isEqualTo(Instant.parse("2026-11-22T00:00:00.001Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00+05:00",
                "-0001-12-31T00:00:00Z",
                "9999-12-31T23:59:59-05:00",
                "+10000-01-01T00:00:00Z"
            })
    void aTimeThatCannotBeWrittenIsRefused(String time) {
        for (String field : List.of("timestamp", "not_before", "expires_at")) {
            String json = String.format(MINIMAL, ",\"" + field + "\":\"" + time + "\"");
            assertThat(violations(request(json))).extracting(Violation::field).contains(field);
            assertThat(violations(record(json))).extracting(Violation::field).contains(field);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T23:59:60Z, 2026-11-23T00:00:00Z",
        "2026-11-23T01:59:60.25+02:00, 2026-11-23T00:00:00.250Z",
        "2026-11-22T18:59:60-05:00, 2026-11-23T00:00:00Z",
    })
    void aLeapSecondIsTheNextSecond(String time, Instant same) {
        assertThat(readBack(request(String.format(MINIMAL, ",\"expires_at\":\"" + time + "\"")))
                        .expiresAt())
                .isEqualTo(same);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T12:00:60Z",
                "2026-11-22T23:59:60+02:00",
                "2026-11-22T23:59:61Z",
                "2026-02-29T00:00:00.000Z",
                "2026-11-31T00:00:00.000Z",
                "2026-11-22T24:00:00.000Z",
                "2026-11-22",
                "2026-11-22T00:00:00",
                "2026-11-22T00:00:00+0200",
                "2026-11-22 00:00:00Z",
                "2026-11-22T00:00:00,5Z",
                "2026-11-22T00:00:00.0000000001Z",
                "2026-11-22T00:00:00.-01Z",
                "2026-11-22T00:00:00Z[UTC]"
            })
    void whatIsNoTimeIsNone(String time) {
        assertThat(violations(request(String.format(MINIMAL, ",\"expires_at\":\"" + time + "\""))))
                .extracting(Violation::field)
                .containsExactly("expires_at");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, 253_402_300_800_000L, -62_167_219_200_001L})
    void aRecordOfAnImpossibleTimeIsNoCommand(long millis) {
        CommandJson.Read read = CommandJson.readRecord(
                bytes(String.format(MINIMAL, "")), id("r"), Instant.ofEpochMilli(millis), ExpiryRule.STANDARD);
        assertThat(violations(read)).singleElement().satisfies(v -> assertThat(v.message())
                .contains("years 0 to 9999", Instant.ofEpochMilli(millis).toString()));
    }

    @Test
    void aCommandOnceAcceptedIsOneUnderAnyLaterRule() {
        byte[] late = bytes(String.format(
                MINIMAL, ",\"not_before\":\"2026-12-15T00:00:00Z\",\"expires_at\":\"2026-12-20T00:00:00Z\""));
        byte[] silent = bytes(String.format(MINIMAL, ",\"not_before\":\"2026-11-27T00:00:00Z\""));
        ExpiryRule shorter = new ExpiryRule(java.time.Duration.ofDays(1), java.time.Duration.ofDays(1));
        Instant settled = NOW.plus(Command.DEFAULT_LIFE);
        for (byte[] record : List.of(late, silent)) {
            CommandJson.Read accepted = CommandJson.readRecord(record, id("r"), NOW, ExpiryRule.STANDARD);
            assertThat(CommandJson.readRecord(record, id("r"), NOW, shorter))
                    .isInstanceOf(CommandJson.Read.Invalid.class);
            assertThat(CommandJson.readAccepted(record, id("r"), NOW, settled))
                    .isInstanceOf(CommandJson.Read.Valid.class)
                    .isEqualTo(accepted);
        }
    }

    /** The command as the readers of its record get it, which is as the door did. */
    private static Command readBack(CommandJson.Read read) {
        Command command = valid(read);
        assertThat(CommandJson.readRecord(CommandJson.write(command), id("absent"), NOW, ExpiryRule.STANDARD))
                .isEqualTo(read);
        return command;
    }

    private static CommandJson.BatchRead batch(String json, int items, int bytes) {
        return CommandJson.readBatch(bytes(json), items, bytes, () -> id("r"), NOW, ExpiryRule.STANDARD);
    }

    private static CommandJson.Read record(String json) {
        return CommandJson.readRecord(bytes(json), id("device_commands-3-42"), NOW, ExpiryRule.STANDARD);
    }

    private static CommandJson.Read request(String json) {
        return CommandJson.readRequest(bytes(json), () -> id("made-here"), NOW, ExpiryRule.STANDARD);
    }

    private static Command valid(CommandJson.Read read) {
        assertThat(read).isInstanceOf(CommandJson.Read.Valid.class);
        return ((CommandJson.Read.Valid) read).command();
    }

    private static List<Violation> violations(CommandJson.Read read) {
        assertThat(read).isInstanceOf(CommandJson.Read.Invalid.class);
        return ((CommandJson.Read.Invalid) read).violations();
    }

    private static RequestId id(String text) {
        return new RequestId(text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String golden(String name) throws IOException {
        try (var stream = CommandJsonTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
