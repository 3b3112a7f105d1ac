package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandRecordTest {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123Z");
    private static final Command COMMAND = Command.builder(
                    new RequestId("r1"), new DeviceId("ventil-ä"), "open", Protocol.MQTT, NOW)
            .build();

    @Test
    void aRecordCarriesWhatItIsFoundBy() {
        assertThat(of(COMMAND, Map.of("origin", "rest")))
                .isInstanceOfSatisfying(CommandRecord.Readable.class, record -> {
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("ventil-ä");
                    assertThat(record.headers())
                            .isEqualTo(Map.of(
                                    "origin",
                                    "rest",
                                    "request_id",
                                    "r1",
                                    "protocol",
                                    "mqtt",
                                    "expires_at",
                                    WireTime.text(COMMAND.expiresAt())));
                    assertThat(record.command()).isEqualTo(COMMAND);
                    assertThat(record.value()).isEqualTo(CommandJson.write(COMMAND));
                });
    }

    @Test
    void whatReadersWouldNotReadIsNotPublished() {
        assertThat(refusal(COMMAND.toBuilder().payload(Map.of("a", "\uD83D")).build()))
                .isEqualTo("payload.a: is not valid Unicode");
        assertThat(refusal(COMMAND.toBuilder().payload(Map.of("a", nested(63))).build()))
                .contains("more than 64 levels deep");
        assertThat(refusal(COMMAND.toBuilder()
                        .payload(Map.of("a", new BigDecimal("1e400")))
                        .build()))
                .contains("payload.a", "a double can hold");
        assertThat(refusal(COMMAND.toBuilder()
                        .expiresAt(NOW.plus(Duration.ofDays(31)))
                        .build()))
                .contains("expires_at", "at most 30 days");
    }

    @Test
    void readersSeeNumbersInTheirOneForm() {
        assertThat(of(
                        COMMAND.toBuilder()
                                .payload(Map.of("a", 1e10, "b", 7L, "c", 1.2345678e7, "d", -0.0))
                                .build(),
                        Map.of()))
                .isInstanceOfSatisfying(CommandRecord.Readable.class, record -> assertThat(
                                record.command().payload())
                        .isEqualTo(Map.of(
                                "a", new BigDecimal("1.0E+10"), "b", 7, "c", new BigDecimal("12345678.0"), "d", -0.0)));
    }

    @Test
    void theLimitHoldsForTheWholeRecord() {
        int atMost = RecordLimit.STANDARD.bytes();
        Command small = COMMAND.toBuilder().payload(Map.of("a", "")).build();
        CommandRecord.Readable empty = (CommandRecord.Readable) of(small, Map.of("trace", "t"));
        int left = atMost - (int) RecordLimit.size(empty.key().length, empty.value().length, empty.headers());
        Command full =
                COMMAND.toBuilder().payload(Map.of("a", "x".repeat(left))).build();
        assertThat(of(full, Map.of("trace", "t"))).isInstanceOf(CommandRecord.Readable.class);
        assertThat(of(full, Map.of("trace", "tt"))).isInstanceOf(CommandRecord.Refused.class);
        assertThat(((CommandRecord.Refused) of(COMMAND, Map.of("trace", "t".repeat(1 << 20)))).message())
                .contains("with its headers; it must have at most 1032192");
    }

    private static String refusal(Command command) {
        CommandRecord record = of(command, Map.of());
        assertThat(record).isInstanceOf(CommandRecord.Refused.class);
        return ((CommandRecord.Refused) record).message();
    }

    private static CommandRecord of(Command command, Map<String, String> headers) {
        return CommandRecord.of(command, headers, NOW, ExpiryRule.STANDARD, RecordLimit.STANDARD);
    }

    private static Object nested(int levels) {
        Object value = List.of();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }
}
