package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {

    private static final Instant AT = Instant.parse("2026-11-21T01:52:03Z");
    private static final ParserVersion PARSER =
            new ParserVersion(new ParserRef("efento_bidirectional_parser.py"), Digest.of(new byte[0]));

    @Test
    void theStatusEventIsPinned() throws IOException {
        StatusEvent event = StatusJson.read(golden("status.json")).ifValid().orElseThrow();
        assertThat(event.parser()).contains(PARSER);
        assertThat(event.bytes()).contains(StatusEvent.SentBytes.of("abc".getBytes(StandardCharsets.UTF_8)));
        assertThat(event.reason()).contains(Reason.RETRYING);
        assertThat(StatusJson.write(event)).isEqualTo(golden("status.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"request_id\":\"r\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"flying\",\"at\":\"2026-11-21T01:52:03Z\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"accepted\",\"at\":\"2026-11-21T01:52:03Z\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\",\"attempt\":-1}",
                "{\"request_id\":\"r r\",\"device_id\":\"d\",\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\"}"
            })
    void aRecordThatIsNoEventReadsAsEmpty(String text) {
        assertThat(StatusJson.read(text.getBytes(StandardCharsets.UTF_8))).isInstanceOf(StatusJson.Read.Invalid.class);
    }

    @Test
    void whatCanBeReadOfARecordThatIsNoEventIsItsIdentity() {
        assertThat(StatusJson.read(bytes("{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"flying\"}")))
                .isEqualTo(new StatusJson.Read.Invalid(
                        "must have request_id, device_id, state and at, each of its kind",
                        Optional.of(new DeviceId("d")),
                        Optional.of(new RequestId("r"))));
    }

    @Test
    void theExchangeHasAFieldOfItsOwnAndIsReadWhereItStoodBefore() {
        String event =
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"sending\",\"at\":\"2026-11-21T01:52:03Z\",%s}";
        StatusEvent before = read(String.format(event, "\"delivery\":{\"path\":\"/m\",\"exchange\":\"peer|7\"}"));
        StatusEvent now = read(String.format(event, "\"exchange\":\"peer|7\",\"delivery\":{\"path\":\"/m\"}"));
        assertThat(now.exchange()).contains("peer|7");
        assertThat(now.delivery()).isEqualTo(Map.of("path", "/m"));
        assertThat(before).isEqualTo(now);
        assertThat(read(new String(StatusJson.write(now), StandardCharsets.UTF_8)))
                .isEqualTo(now);
    }

    @Test
    void fieldsOfALaterReleaseAreSteppedOver() {
        StatusEvent event = read("{\"new\":{\"deep\":[1,{\"a\":1e999}]},\"request_id\":\"r\",\"device_id\":\"d\","
                + "\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\",\"reason\":\"A_NEW_ONE\",\"attempt\":\"one\"}");
        assertThat(event.reason()).isEmpty();
        assertThat(event.attempt()).isZero();
    }

    @Test
    void anEventThatWasWrittenTooLongIsReadCut() {
        StatusEvent event =
                read("{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\","
                        + "\"message\":\"\\uD83D" + "w".repeat(2_000_000) + "\"}");
        assertThat(event.message().orElseThrow()).hasSize(1000).startsWith("\uFFFDwww");
    }

    private static StatusEvent read(String json) {
        return StatusJson.read(bytes(json)).ifValid().orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theUplinkIsPinned() throws IOException {
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("type", "status");
        output.put("value", new BigDecimal("23.3"));
        Uplink uplink = new Uplink(
                "u1",
                new DeviceId("282c02424eed"),
                Protocol.COAP,
                AT,
                "coap://127.0.0.1:40000",
                "/m",
                Optional.of("POST"),
                new byte[] {1, 2, 3},
                Optional.of(PARSER),
                List.of(output),
                Optional.empty());
        assertThat(UplinkJson.write(uplink)).isEqualTo(golden("uplink.json"));
    }

    @Test
    void outputsAreMeasuredAsTheyAreWritten() {
        for (String character : List.of("a", "\"", "\u0001", "\u00e9", "\u20ac", "\uD83D\uDE00")) {
            int most = 0;
            for (int length = 1 << 14; length <= 1 << 18; length <<= 1) {
                Uplink uplink = new Uplink(
                        "u1",
                        new DeviceId("d"),
                        Protocol.COAP,
                        AT,
                        "",
                        "",
                        Optional.empty(),
                        new byte[0],
                        Optional.empty(),
                        List.of(Map.of("text", character.repeat(length))),
                        Optional.empty());
                most = Math.max(most, UplinkJson.write(uplink).length);
            }
            assertThat(most).as(character).isBetween(Uplink.MAX_OUTPUTS_BYTES / 4, Uplink.MAX_OUTPUTS_BYTES + 1000);
        }
    }

    @Test
    void theCancellationIsPinned() throws IOException {
        Cancellation cancellation =
                new Cancellation(new RequestId("0199-1"), new DeviceId("282c02424eed"), AT, "anonymous");
        assertThat(CancellationJson.write(cancellation)).isEqualTo(golden("cancellation.json"));
        assertThat(CancellationJson.read(golden("cancellation.json"), Instant.EPOCH))
                .isEqualTo(new CancellationJson.Read.Valid(cancellation));
    }

    @Test
    void aCancellationWithoutATimeWasAskedForAtTheRecordsTime() {
        assertThat(CancellationJson.read(bytes("{\"request_id\":\"r\",\"device_id\":\"d\"}"), AT)
                        .ifValid())
                .contains(new Cancellation(new RequestId("r"), new DeviceId("d"), AT, ""));
        assertThat(CancellationJson.read(bytes("{\"request_id\":\"r\",\"device_id\":\"d\",\"at\":7,\"by\":[]}"), AT)
                        .ifValid())
                .contains(new Cancellation(new RequestId("r"), new DeviceId("d"), AT, ""));
    }

    @Test
    void aCancellationByAMegabyteIsOneByItsStart() {
        String json = "{\"request_id\":\"r\",\"device_id\":\"d\",\"by\":\"" + "z".repeat(1_000_000) + "\"}";
        Cancellation read = CancellationJson.read(bytes(json), AT).ifValid().orElseThrow();
        assertThat(read.by()).hasSize(Cancellation.MAX_BY_LENGTH).endsWith("…");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | must be a JSON object",
                "{ | is not valid JSON in UTF-8",
                "[] | must be a JSON object",
                "{\"request_id\":\"r\"} | must have request_id and device_id",
                "{\"request_id\":\"r\",\"device_id\":7} | must have request_id and device_id",
                "{\"request_id\":\"r r\",\"device_id\":\"d\"} | must have request_id and device_id",
                "{\"request_id\":\"r\",\"device_id\":\"d\"}x | is not valid JSON",
                "{\"request_id\":\"r\",\"device_id\":\"d\"}{} | has something after",
                "{\"request_id\":\"r\",\"request_id\":\"s\",\"device_id\":\"d\"} | is not valid JSON"
            })
    void whatNamesNoCommandIsNoCancellationAndItIsSaidWhy(String json, String why) {
        assertThat(CancellationJson.read(bytes(json), AT))
                .isInstanceOfSatisfying(CancellationJson.Read.Invalid.class, invalid -> assertThat(invalid.message())
                        .contains(why));
    }

    private static byte[] golden(String name) throws IOException {
        return CommandJsonTest.golden(name).replaceAll("\\n *", "").strip().getBytes(StandardCharsets.UTF_8);
    }
}
