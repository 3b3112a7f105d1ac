package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
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
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** What a door accepts, every reader reads back equal. */
class ReadBackTest {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123Z");
    private static final RequestId ID = new RequestId("r1");
    private static final DeviceId DEVICE = new DeviceId("282c02424eed");

    private static final AtomicInteger ACCEPTED = new AtomicInteger();
    private static final AtomicInteger REFUSED = new AtomicInteger();

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatRestAcceptsIsReadBackEqual(@ForAll("requests") String body) {
        switch (CommandJson.readRequest(utf8(body), () -> ID, NOW, ExpiryRule.STANDARD)) {
            case CommandJson.Read.Invalid refused -> {
                REFUSED.incrementAndGet();
                assertThat(refused.violations()).isNotEmpty();
            }
            case CommandJson.Read.Valid accepted -> {
                ACCEPTED.incrementAndGet();
                Command command = accepted.command();
                byte[] record = CommandJson.write(command);
                assertThat(CommandJson.readRecord(record, new RequestId("absent"), NOW, ExpiryRule.STANDARD))
                        .isEqualTo(accepted);
                assertThat(CommandJson.readAccepted(record, new RequestId("absent"), NOW, Instant.EPOCH))
                        .isEqualTo(accepted);
                assertThat(CommandRecord.of(command, Map.of(), NOW, ExpiryRule.STANDARD, RecordLimit.STANDARD))
                        .isInstanceOfSatisfying(CommandRecord.Readable.class, readable -> assertThat(readable.command())
                                .isEqualTo(command));
            }
        }
    }

    /** A property over what is never accepted would hold for a door that is shut. */
    @AfterContainer
    static void bothKindsWereMet() {
        assertThat(ACCEPTED).hasPositiveValue();
        assertThat(REFUSED).hasPositiveValue();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatADoorBuildsIsRefusedOrReadBackAsItWasMeant(@ForAll("objects") Map<String, Object> payload) {
        Command command = Command.builder(ID, DEVICE, "config_update", Protocol.COAP, NOW)
                .payload(payload)
                .build();
        if (CommandRecord.of(command, Map.of(), NOW, ExpiryRule.STANDARD, RecordLimit.STANDARD)
                instanceof CommandRecord.Readable readable) {
            assertThat(CommandDigest.of(readable.command())).isEqualTo(CommandDigest.of(command));
            assertThat(CommandJson.write(readable.command())).isEqualTo(readable.value());
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anEventIsReadBackEqualWhateverWasSaid(
            @ForAll("texts") String message,
            @ForAll("texts") String source,
            @ForAll("texts") String type,
            @ForAll("objects") Map<String, Object> facts,
            @ForAll("times") Instant at) {
        StatusEvent event = new StatusEvent(
                ID,
                DEVICE,
                Optional.of(type),
                Optional.of(Protocol.MQTT),
                CommandState.FAILED,
                true,
                Optional.of(Reason.FORMAT_FAILED),
                Optional.of(message),
                at,
                source,
                3,
                false,
                Optional.of(new ParserVersion(new ParserRef("a.py"), Digest.of(new byte[0]))),
                Optional.of(StatusEvent.SentBytes.of(new byte[] {1})),
                facts,
                Optional.of("peer|7"));
        byte[] record = StatusJson.write(event);
        assertThat(StatusJson.read(record)).isEqualTo(new StatusJson.Read.Valid(event));
        assertThat(record.length).isLessThan(32 * 1024);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aCancellationIsReadBackEqualWhoeverAsked(@ForAll("texts") String by, @ForAll("times") Instant at) {
        Cancellation cancellation = new Cancellation(ID, DEVICE, at, by);
        assertThat(CancellationJson.read(CancellationJson.write(cancellation), NOW))
                .isEqualTo(new CancellationJson.Read.Valid(cancellation));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void outputsAreReadBackEqualWhateverParseReturned(
            @ForAll("objects") Map<String, Object> output, @ForAll("texts") String text) throws IOException {
        Uplink uplink = new Uplink(
                "u1",
                DEVICE,
                Protocol.MQTT,
                NOW,
                text,
                text,
                Optional.empty(),
                new byte[] {1},
                Optional.empty(),
                List.of(output),
                Optional.of(text));
        try (JsonParser parser = Json.parser(UplinkJson.write(uplink))) {
            parser.nextToken();
            Document read = Document.read(parser, Set.of("outputs", "source", "topic", "error"));
            assertThat(read.violations()).isEmpty();
            assertThat(read.fields())
                    .containsEntry("outputs", uplink.outputs())
                    .containsEntry("source", uplink.source())
                    .containsEntry("topic", uplink.address())
                    .containsEntry("error", uplink.error().orElseThrow());
        }
    }

    // --- what may come ----------------------------------------------------------------------------------------------

    @Provide
    Arbitrary<String> requests() {
        Arbitrary<String> seconds = Arbitraries.longs()
                .between(-1_000_000, 40L * 86_400_000_000L)
                .map(micros -> quoted(NOW.plusNanos(micros * 1000).toString()));
        Arbitrary<String> time = Arbitraries.frequencyOf(
                Tuple.of(8, seconds),
                Tuple.of(
                        1,
                        Arbitraries.of(
                                        "0000-01-01T00:00:00+05:00",
                                        "9999-12-31T23:59:59-05:00",
                                        "2026-11-30T23:59:60Z",
                                        "2026-12-01T01:59:60.5+02:00",
                                        "2026-11-30T12:00:60Z")
                                .map(ReadBackTest::quoted)));
        Arbitrary<String> text = texts().map(ReadBackTest::quoted);
        Arbitrary<String> object = json().list().ofMaxSize(4).map(values -> {
            StringBuilder json = new StringBuilder("{");
            for (int i = 0; i < values.size(); i++) {
                json.append(i == 0 ? "" : ",")
                        .append("\"k")
                        .append(i)
                        .append("\":")
                        .append(values.get(i));
            }
            return json.append('}').toString();
        });
        return Combinators.combine(
                        object,
                        object,
                        text.optional(0.2),
                        time.optional(0.5),
                        time.optional(0.3),
                        time.optional(0.3),
                        json().optional(0.1),
                        numbers().optional(0.3))
                .as((payload, metadata, collapse, expires, notBefore, timestamp, topic, replyTimeout) ->
                        "{\"device_id\":\"d\",\"command_type\":\"x\",\"protocol\":\"mqtt\",\"payload\":" + payload
                                + ",\"metadata\":" + metadata
                                + field("collapse_key", collapse)
                                + field("expires_at", expires)
                                + field("not_before", notBefore)
                                + field("timestamp", timestamp)
                                + field("topic", topic)
                                + field("reply_timeout_seconds", replyTimeout) + "}");
    }

    private static String field(String name, Optional<String> json) {
        return json.map(value -> ",\"" + name + "\":" + value).orElse("");
    }

    /** Any JSON, most of it harmless. */
    private Arbitrary<String> json() {
        Arbitrary<String> leaf = Arbitraries.frequencyOf(
                Tuple.of(4, numbers()),
                Tuple.of(3, texts().map(ReadBackTest::quoted)),
                Tuple.of(1, Arbitraries.of("null", "true", "false", "[]", "{}")));
        return Arbitraries.recursive(
                () -> leaf,
                inner -> Combinators.combine(
                                inner, texts(), Arbitraries.integers().between(0, 3))
                        .as((value, key, kind) -> switch (kind) {
                            case 0 -> "[" + value + "," + value + "]";
                            case 1 -> "{" + quoted(key) + ":" + value + "}";
                            default -> value;
                        }),
                0,
                5);
    }

    private Arbitrary<String> numbers() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().map(String::valueOf)),
                Tuple.of(3, Arbitraries.bigDecimals().map(BigDecimal::toString)),
                Tuple.of(2, Arbitraries.bigIntegers().map(BigInteger::toString)),
                Tuple.of(
                        2,
                        Combinators.combine(
                                        Arbitraries.integers().between(1, 97),
                                        Arbitraries.integers().between(-330, 320))
                                .as((digits, exponent) -> "1" + "7".repeat(digits) + "e" + exponent)),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "0",
                                "-0",
                                "-0.0",
                                "-0e7",
                                "0E-1000",
                                "1.5e1",
                                "50E-1",
                                "5E0",
                                "1e400",
                                "1e-400",
                                "1e2000",
                                "1e99999999999",
                                "4.9e-324",
                                "1.7976931348623157e308",
                                "18446744073709551615",
                                "9".repeat(100),
                                "9".repeat(101),
                                "0." + "1".repeat(100),
                                "9".repeat(98) + "e5")));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.strings().ascii().ofMaxLength(20)),
                Tuple.of(2, Arbitraries.strings().all().ofMaxLength(6)),
                Tuple.of(
                        2,
                        Arbitraries.strings()
                                .withChars('\uD83D', '\uDE00', 'é', '\u0000', '"')
                                .ofMaxLength(4)),
                Tuple.of(
                        1,
                        Arbitraries.strings().withChars('a', '\uD83D', '\uDE00').ofLength(1500)));
    }

    @Provide
    Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(Command.FIRST_TIME.getEpochSecond(), Command.LAST_TIME.getEpochSecond())
                .map(second -> Instant.ofEpochSecond(second, 123_456_789));
    }

    /** What a script or a custom resource may hold: more than plain values. */
    @Provide
    Arbitrary<Map<String, Object>> objects() {
        Arbitrary<Object> leaf = Arbitraries.oneOf(
                texts().map(text -> (Object) text),
                Arbitraries.integers().map(number -> (Object) number),
                Arbitraries.longs().map(number -> (Object) number),
                Arbitraries.doubles().map(number -> (Object) number),
                Arbitraries.bigDecimals().map(number -> (Object) number),
                Arbitraries.bigIntegers().map(number -> (Object) number),
                Arbitraries.of(-0.0, true, new BigDecimal("1e5"), BigInteger.TEN.pow(99), new BigDecimal(7)));
        Arbitrary<Object> value = Arbitraries.recursive(
                () -> leaf,
                inner -> Combinators.combine(
                                inner, texts(), Arbitraries.integers().between(0, 2))
                        .as((item, key, kind) -> switch (kind) {
                            case 0 -> List.of(item, item);
                            case 1 -> Map.of(key, item);
                            default -> item;
                        }),
                0,
                4);
        return Arbitraries.maps(texts(), value).ofMaxSize(5).map(LinkedHashMap::new);
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                json.append(c);
            } else {
                json.append(String.format("\\u%04x", (int) c));
            }
        }
        return json.append('"').toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
