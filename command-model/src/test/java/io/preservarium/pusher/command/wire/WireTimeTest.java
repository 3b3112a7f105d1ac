package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading takes a short way for the usual forms; it must say what the JDK says. */
class WireTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T01:52:00Z, 2026-11-21T01:52:00Z",
        "2026-11-21T01:52:00+00:00, 2026-11-21T01:52:00Z",
        "2026-11-21T01:52:00.5Z, 2026-11-21T01:52:00.500Z",
        "2026-11-21T01:52:00.123456+00:00, 2026-11-21T01:52:00.123456Z",
        "2026-11-21T01:52:00.123456789Z, 2026-11-21T01:52:00.123456789Z",
        "2026-11-21T01:52:00.123-05:30, 2026-11-21T07:22:00.123Z",
        "2024-02-29T23:59:59.999Z, 2024-02-29T23:59:59.999Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    })
    void readsWhatProducersWrite(String text, Instant time) {
        assertThat(WireTime.read(text)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-21T01:52:00",
                "2026-11-21T01:52:00.Z!",
                "2026-11-21T01:52:00.1234567890Z",
                "2026-11-21T01:52:00.123",
                "2026-11-21T01:52:00Zulu",
                "2026-11-21T01:52:00+00:000",
                "2026-02-29T01:52:00Z",
                "2026-11-21T24:00:01Z",
                "2026-11-21T01:52:00.Z0",
                "Z",
                "",
            })
    void whatIsNoTimeIsNone(String text) {
        assertThat(WireTime.read(text)).isEmpty();
    }

    @Property(tries = 20_000)
    void theShortWayLeadsWhereTheJdkLeads(@ForAll("times") String text) {
        Optional<Instant> jdk;
        try {
            jdk = Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            jdk = Optional.empty();
        }
        // A leap second is no time to the JDK.
        if (!text.contains(":60")) {
            assertThat(WireTime.read(text)).isEqualTo(jdk);
        }
    }

    @Provide
    Arbitrary<String> times() {
        Arbitrary<String> date = Combinators.combine(digits(4), digits(2, 0, 14), digits(2, 0, 33))
                .as((year, month, day) -> year + "-" + month + "-" + day);
        Arbitrary<String> time = Combinators.combine(digits(2, 0, 25), digits(2, 0, 61), digits(2, 0, 61))
                .as((hour, minute, second) -> hour + ":" + minute + ":" + second);
        Arbitrary<String> fraction = Arbitraries.oneOf(
                Arbitraries.of("", ".", ".x", ",5"),
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(11).map(digits -> "." + digits));
        return Combinators.combine(
                        date,
                        Arbitraries.of("T", "t", " "),
                        time,
                        fraction,
                        Arbitraries.of("Z", "+00:00", "-00:00", "+01:30", "-12:00", "+00", "z", "", "Z ", "+00:0x"))
                .as((day, t, clock, part, offset) -> day + t + clock + part + offset);
    }

    private static Arbitrary<String> digits(int length) {
        return Arbitraries.strings().numeric().ofLength(length);
    }

    private static Arbitrary<String> digits(int length, int from, int to) {
        return Arbitraries.integers().between(from, to).map(number -> ("0".repeat(length) + number)
                .substring(String.valueOf(number).length()));
    }
}
