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
