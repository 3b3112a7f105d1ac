package io.preservarium.pusher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What others say is made to fit when an event or an uplink is born, so that each can be recorded and read. */
class BoundedTest {

    private static final Instant AT = Instant.parse("2026-11-21T01:52:03.123456789Z");
    private static final DeviceId DEVICE = new DeviceId("282c02424eed");
    private static final Command COMMAND = Command.builder(
                    new RequestId("r1"), DEVICE, "config_update", Protocol.COAP, AT)
            .build();

    @Test
    void aMessageOfTwoMegabytesIsCut() {
        StatusEvent event = event().noting("warning ".repeat(250_000)).build();
        assertThat(event.message().orElseThrow())
                .hasSize(StatusEvent.MAX_MESSAGE_LENGTH)
                .startsWith("warning warning")
                .endsWith("…");
    }

    @Test
    void halfACharacterInAMessageOrAFactBecomesAReplacement() {
        StatusEvent event = event().noting("bad \uD83D")
                .delivery(Map.of("to\uDCFFpic", List.of(Map.of("\uDCFF", "\uD83D"))))
                .build();
        assertThat(event.message()).contains("bad \uFFFD");
        assertThat(event.delivery()).containsEntry("to\uFFFDpic", List.of(Map.of("\uFFFD", "\uFFFD")));
    }

    @Test
    void factsThatDoNotFitAreLeftOutAndItIsSaidHowMany() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("path", "/m");
        facts.put("long", "x".repeat(100_000));
        for (int i = 0; i < 50; i++) {
            facts.put("many" + i, "y".repeat(900));
        }
        facts.put("qos", 1);
        StatusEvent event = event().delivery(facts).build();
        assertThat(event.delivery())
                .containsEntry("path", "/m")
                .containsEntry("qos", 1)
                .containsKey("left_out");
        assertThat((String) event.delivery().get("long")).hasSize(1000).endsWith("…");
        assertThat(event.delivery().toString().length()).isLessThan(8 * 1024);
        assertThat(event().delivery(event.delivery()).build()).isEqualTo(event);
    }

    @Test
    void factsOfAnyKindBecomeValuesThatJsonHas() {
        Map<String, Object> facts = new HashMap<>();
        facts.put("nan", Double.NaN);
        facts.put("float", 0.1f);
        facts.put("long", 5L);
        facts.put("huge", BigInteger.TEN.pow(100));
        facts.put("far", new BigDecimal("1e400"));
        facts.put("bits", BigInteger.TWO.pow(100_000));
        facts.put("bytes", new byte[] {1, (byte) 0xff});
        facts.put("other", FileTime.from(Instant.EPOCH));
        facts.put("nothing", null);
        assertThat(event().delivery(facts).build().delivery())
                .containsEntry("nan", "NaN")
                .containsEntry("float", new BigDecimal("0.1"))
                .containsEntry("long", 5)
                .containsEntry("huge", "1" + "0".repeat(100))
                .containsEntry("far", "1E+400")
                .containsEntry("bits", "an integer of 100001 bits")
                .containsEntry("bytes", "01ff")
                .containsEntry("other", "1970-01-01T00:00:00Z")
                .containsEntry("nothing", JsonNull.NULL);
    }

    @Test
    void aFactNestedTooDeepIsLeftOut() {
        assertThat(event().delivery(Map.of("deep", nested(9))).build().delivery())
                .isEqualTo(Map.of("left_out", 1));
    }

    @Test
    void anExchangeIsBoundedByItsMaker() {
        assertThat(event().exchange(Optional.of("peer|7")).build().exchange()).contains("peer|7");
        assertThatThrownBy(() -> event().exchange(Optional.of("x".repeat(513))).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 512");
    }

    @Test
    void timesHaveTheMillisecondsThatRecordsHold() {
        assertThat(event().build().at()).isEqualTo(Instant.parse("2026-11-21T01:52:03.123Z"));
        assertThat(new Cancellation(new RequestId("r"), DEVICE, AT, "me").at())
                .isEqualTo(Instant.parse("2026-11-21T01:52:03.123Z"));
        assertThat(uplink(List.of(), Optional.empty()).receivedAt())
                .isEqualTo(Instant.parse("2026-11-21T01:52:03.123Z"));
    }

    @Test
    void whoCancelsIsCut() {
        assertThat(new Cancellation(new RequestId("r"), DEVICE, AT, "z".repeat(1_000_000)).by())
                .hasSize(Cancellation.MAX_BY_LENGTH);
    }

    @Test
    void outputsKeepNumbersAndTurnTheRestIntoJson() {
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("exact", new BigDecimal("23.30"));
        output.put("nan", Double.NaN);
        output.put("name\uDCFF", "v\uD83D");
        output.put("zero", -0.0);
        Uplink uplink = uplink(List.of(output), Optional.empty());
        assertThat(uplink.outputs())
                .isEqualTo(List.of(
                        Map.of("exact", new BigDecimal("23.30"), "nan", "NaN", "name\uFFFD", "v\uFFFD", "zero", -0.0)));
        assertThat(uplink.error()).isEmpty();
    }

    @Test
    void outputsBeyondTheLimitAreReplacedByAnError() {
        Uplink tooLong = uplink(List.of(Map.of("text", "x".repeat(Uplink.MAX_OUTPUTS_BYTES))), Optional.of("first"));
        assertThat(tooLong.outputs()).isEmpty();
        assertThat(tooLong.error().orElseThrow()).startsWith("first; parse() returned more than 262144 bytes");
        assertThat(tooLong.payload()).containsExactly(1, 2, 3);
        Uplink tooDeep = uplink(List.of(Map.of("deep", nested(62))), Optional.empty());
        assertThat(tooDeep.outputs()).isEmpty();
        assertThat(tooDeep.error().orElseThrow()).contains("deeper than 63 levels");
        assertThat(uplink(List.of(Map.of("deep", nested(61))), Optional.empty()).outputs())
                .hasSize(1);
    }

    @Test
    void aListWithoutEndIsNotReadToItsEnd() {
        Iterable<Object> endless =
                () -> java.util.stream.Stream.<Object>generate(() -> 1).iterator();
        assertThat(uplink(List.of(Map.of("endless", endless)), Optional.empty()).error())
                .isPresent();
    }

    @Test
    void anErrorIsCut() {
        assertThat(uplink(List.of(), Optional.of("e".repeat(100_000))).error().orElseThrow())
                .hasSize(Uplink.MAX_ERROR_LENGTH);
    }

    @Test
    void aCommandIsBuiltFromWhatItSays() {
        Command command = COMMAND.toBuilder()
                .requestId(new RequestId("r2"))
                .payload(Map.of("n", 1))
                .parserScriptRef("valve.py")
                .notBefore(AT.plusSeconds(1))
                .collapseKey("k")
                .expect(Expectation.DELIVERED)
                .replyTimeout(Duration.ofSeconds(5))
                .build();
        assertThat(command.toBuilder().build()).isEqualTo(command);
        assertThat(command.requestId().value()).isEqualTo("r2");
        assertThat(command.expiresAt()).isEqualTo(command.timestamp().plus(Command.DEFAULT_LIFE));
        assertThat(command.parserScriptRef()).contains(new ParserRef("valve.py"));
    }

    @Test
    void aCommandThatCannotBeWrittenCannotBeBuilt() {
        assertThatThrownBy(() -> COMMAND.toBuilder()
                        .notBefore(Instant.parse("2026-12-01T00:00:00.0001Z"))
                        .expiresAt(Instant.parse("2026-12-01T00:00:00.0009Z"))
                        .build())
                .hasMessageContaining("earlier than expires_at");
        assertThatThrownBy(() -> COMMAND.toBuilder()
                        .expiresAt(Instant.parse("+10000-01-01T00:00:00Z"))
                        .build())
                .hasMessageContaining("years 0 to 9999");
        assertThatThrownBy(() -> COMMAND.toBuilder().collapseKey("").build()).hasMessageContaining("1 to 128");
        assertThatThrownBy(() -> COMMAND.toBuilder().collapseKey("\uD83D").build())
                .hasMessageContaining("valid Unicode");
        assertThatThrownBy(() -> COMMAND.toBuilder()
                        .replyTimeout(Duration.ofMillis(1500))
                        .build())
                .hasMessageContaining("whole seconds");
    }

    private static StatusEvent.Builder event() {
        return StatusEvent.about(COMMAND, CommandState.SENT, AT, "coap-connector-0");
    }

    private static Uplink uplink(List<Map<String, Object>> outputs, Optional<String> error) {
        return new Uplink(
                "u1",
                DEVICE,
                Protocol.COAP,
                AT,
                "coap://127.0.0.1:40000",
                "/m",
                Optional.of("POST"),
                new byte[] {1, 2, 3},
                Optional.empty(),
                outputs,
                error);
    }

    private static Object nested(int levels) {
        Object value = new ArrayList<>();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }
}
