package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.standalone.EfentoMessages.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sensor against a CoAP server that answers the first measurements with a configuration. */
class SimulatedEfentoTest {

    private static final String SERIAL = "282c02424eed";
    // measurement_period_base 600, device_info_request, measurement_period_factor 1
    private static final byte[] CONFIGURATION = HexFormat.of().parseHex("10d8043001d00101");

    private record Uplink(String path, boolean confirmable, byte[] body) {}

    @TempDir
    private Path root;

    private final Ports ports = FreePorts.find();
    private final List<Uplink> uplinks = Collections.synchronizedList(new ArrayList<>());
    private final EfentoMessages messages = new EfentoMessages();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private byte[] waiting = CONFIGURATION;
    private int refusals;
    private CoapServer server;

    @BeforeEach
    void startServer() {
        CoapConfig.register();
        server = new CoapServer(Configuration.createStandardWithoutFile());
        server.addEndpoint(CoapEndpoint.builder()
                .setConfiguration(Configuration.createStandardWithoutFile())
                .setInetSocketAddress(new InetSocketAddress(Ports.LOOPBACK, ports.coap()))
                .build());
        for (String path : List.of("m", "c", "i")) {
            server.add(new CoapResource(path) {
                @Override
                public void handlePOST(CoapExchange exchange) {
                    uplinks.add(new Uplink(
                            path, exchange.advanced().getRequest().isConfirmable(), exchange.getRequestPayload()));
                    if (refusals-- > 0) {
                        exchange.respond(ResponseCode.INTERNAL_SERVER_ERROR);
                        return;
                    }
                    byte[] answer = waiting;
                    waiting = new byte[0];
                    exchange.respond(ResponseCode.CREATED, answer);
                }
            });
        }
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.destroy();
    }

    @Test
    void configurationFromTheAnswerIsShownReportedAndRemembered() {
        assertThat(efento(SERIAL)).isZero();

        assertThat(out.toString())
                .contains("→ CON POST coap://127.0.0.1:" + ports.coap() + "/m")
                .contains("serial_number: " + SERIAL)
                .contains("← 2.01 CREATED, 8 bytes", "10d8043001d00101")
                .contains("  measurement_period_base: 600")
                .contains("  device_info_request: true");
        assertThat(uplinks).extracting(Uplink::path).containsExactly("m", "c", "i");
        assertThat(uplinks).allMatch(Uplink::confirmable);
        assertThat(read(Kind.CONFIGURATION, 1))
                .containsEntry("measurement_period_base", 600)
                .containsEntry("configuration_hash", 2);

        assertThat(efento(SERIAL)).isZero();
        assertThat(read(Kind.MEASUREMENTS, 0)).containsEntry("configuration_hash", 1);
        assertThat(read(Kind.MEASUREMENTS, 3))
                .containsEntry("configuration_hash", 2)
                .containsEntry("measurement_period_base", 600);
        assertThat(out.toString()).contains("no command");
    }

    @Test
    void everySendsAgainUntilTheCountIsReached() {
        assertThat(efento(SERIAL, "--every", "1s", "--count", "2", "--only-measurements"))
                .isZero();
        assertThat(uplinks).extracting(Uplink::path).containsExactly("m", "m");
        assertThat(read(Kind.MEASUREMENTS, 1)).containsEntry("configuration_hash", 2);
    }

    @Test
    void nonConfirmableTakesNoCommand() {
        assertThat(efento(SERIAL, "--non")).isZero();
        assertThat(out.toString()).contains("→ NON POST").contains("no command is taken");
        await().until(() -> !uplinks.isEmpty());
        assertThat(uplinks).singleElement().matches(uplink -> !uplink.confirmable());
    }

    @Test
    void whatAServerCannotTakeYetIsKeptAndSentAgain() {
        refusals = 1;
        assertThat(efento(SERIAL, "--only-measurements")).isZero();
        assertThat(uplinks).extracting(Uplink::path).containsExactly("m", "m");
        assertThat(out.toString()).contains("← 5.00 INTERNAL_SERVER_ERROR", "sent again in 3 s", "← 2.01 CREATED");
    }

    @Test
    void whatAServerNeverTakesIsAnErrorInTheEnd() {
        refusals = Integer.MAX_VALUE;
        assertThat(efento(SERIAL, "--only-measurements")).isEqualTo(1);
        assertThat(uplinks).hasSize(5);
        assertThat(out.toString()).contains("not taken");
    }

    @Test
    void refusedUplinkIsAnError() {
        assertThat(efento(SERIAL, "--path", "nowhere")).isEqualTo(1);
        assertThat(out.toString()).contains("← 4.04 NOT_FOUND").contains("not taken");
    }

    @Test
    void wrongSerialNumberIsAnErrorInWords() {
        assertThat(efento("282c02424e")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "an Efento serial number has 12 hexadecimal digits, such as 282c02424eed, but was '282c02424e'");
    }

    @Test
    void noAnswerSaysWhatToCheck() {
        server.stop();
        assertThat(efento(SERIAL, "--timeout", "1s")).isEqualTo(1);
        assertThat(err.toString())
                .contains("no answer from 127.0.0.1:" + ports.coap())
                .contains("Is ./dev up running");
    }

    @Test
    void schemaOfTheShippedParserNamesEveryRequestAndSetting() {
        Instant now = Instant.parse("2026-11-21T01:52:00Z");
        EfentoSensor sensor = new EfentoSensor(new EfentoSensor.Serial(SERIAL));
        for (Kind kind : Kind.values()) {
            Map<String, Object> message = sensor.message(kind, now);
            assertThat(messages.decode(kind, messages.encode(kind, message)).orElseThrow())
                    .isEqualTo(message);
        }
        assertThat(messages.fieldNames(Kind.CONFIGURATION)).containsAll(EfentoSensor.REQUESTS);
    }

    @Test
    void captureOfATrueSensorIsReadable() {
        byte[] capture = HexFormat.of()
                .parseHex("0a06282c02424eed1001183c220f080110b8d0a7c20620d2032a020000220e080210b8d0a7c20620722a0200"
                        + "002896d5a7c20640014809820100");
        assertThat(messages.describe(
                        Kind.MEASUREMENTS,
                        messages.decode(Kind.MEASUREMENTS, capture).orElseThrow()))
                .contains("serial_number: " + SERIAL, "battery_status: true", "configuration_hash: 9");
    }

    private Map<String, Object> read(Kind kind, int uplink) {
        return messages.decode(kind, uplinks.get(uplink).body()).orElseThrow();
    }

    private int efento(String serial, String... options) {
        List<String> arguments = new ArrayList<>(List.of("device", "efento", serial));
        arguments.addAll(List.of("--root", root.toString(), "--port-offset", Integer.toString(ports.offset())));
        arguments.addAll(List.of(options));
        Clock clock = Clock.fixed(Instant.parse("2026-11-21T01:52:00Z"), ZoneOffset.UTC);
        return Standalone.commandLine(clock, new StopSignal())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }
}
