package io.preservarium.pusher.coap.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.coap.LogWatch;
import io.preservarium.pusher.connector.Commands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.Test;

/** Whoever can send a datagram can neither fill the log nor write lines of it. */
class CoapUplinkLogTest {

    private static final long SECOND = 1_000_000_000L;

    private long now = -SECOND;
    private final CoapUplinkLog log = new CoapUplinkLog(() -> now);

    @Test
    void beyondTenASecondLinesAreCountedAndTheNextOneSaysHowMany() {
        try (LogWatch watch = new LogWatch()) {
            for (int i = 0; i < 12; i++) {
                log.unreadable(arrival("/m"), "it is noise");
            }
            assertThat(ofThisModule(watch))
                    .hasSize(10)
                    .allMatch(line -> line.equals("PUSHER-402: Uplink to /m from [::1]:5683 could not be read and is"
                            + " not recorded: it is noise"));

            now += SECOND;
            log.tooLarge(arrival("/m"), "it is too large");
            assertThat(ofThisModule(watch))
                    .endsWith(
                            "PUSHER-407: 2 lines about uplinks were left out",
                            "PUSHER-403: Uplink of 3 bytes to /m from [::1]:5683 is not recorded, and its device is"
                                    + " told so: it is too large")
                    .hasSize(12);
        }
    }

    @Test
    void whatADeviceSaysIsBoundedAndStaysInItsLine() {
        try (LogWatch watch = new LogWatch()) {
            log.unreadable(arrival("/m\nPUSHER-208: Commands"), "x".repeat(301));

            assertThat(ofThisModule(watch))
                    .containsExactly("PUSHER-402: Uplink to /m?PUSHER-208: Commands from [::1]:5683 could not be read"
                            + " and is not recorded: " + "x".repeat(300) + "…");
        }
    }

    private static List<String> ofThisModule(LogWatch watch) {
        return watch.messages().stream()
                .filter(line -> line.startsWith("PUSHER-4"))
                .toList();
    }

    private CoapArrival arrival(String path) {
        return new CoapArrival(
                "m",
                Optional.empty(),
                Optional.empty(),
                path,
                Code.POST,
                "[::1]:5683",
                new Request(Code.POST),
                "abc".getBytes(StandardCharsets.UTF_8),
                Commands.NOW,
                now,
                true);
    }
}
