package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.coap.endpoint.CoapDatagramParser;
import io.preservarium.pusher.connector.Commands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What this server does not implement has no effect: no command leaves, no uplink is recorded. RFC 7252 section 5.4. */
class CoapCriticalOptionsTest {

    private static final String UP = "/devices/pub-1/up";

    private final CoapServer server = CoapServer.start();

    @BeforeEach
    void aCommandWaits() {
        server.delivery.waitsFor("pub-1", Commands.offer("AAAA".getBytes(StandardCharsets.US_ASCII)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest(name = "option {0} = {1}: {2}, {3}")
    @CsvSource({
        "9, 090001, 4.02, OSCORE",
        "9, '', 4.02, OSCORE of a server's answer",
        "9, 0914, 4.02, OSCORE with a partial IV",
        "19, 08, 4.02, Q-Block1",
        "19, '', 4.02, Q-Block1 of zero",
        "31, 06, 4.02, Q-Block2",
        "31, 00000001, 4.02, Q-Block2 out of length",
        "35, 636f61703a2f2f3139322e302e322e312f78, 5.05, Proxy-Uri",
        "35, ff, 5.05, Proxy-Uri that is no text",
        "39, 636f6170, 5.05, Proxy-Scheme",
        "39, '', 5.05, Proxy-Scheme out of length",
        "21, '', 4.02, EDHOC",
        "13, 01, 4.02, an unknown one",
        "65001, 01, 4.02, an experimental one",
        "40003, 01, 4.02, one that the settings do not declare",
        "1, '', 4.12, If-Match: any",
        "1, 0102, 4.12, If-Match with a tag",
        "1, 010203040506070809, 4.02, If-Match out of length",
        "5, '', 4.12, If-None-Match",
        "5, 01, 4.02, If-None-Match with a value",
        "3, '', 4.02, Uri-Host out of length",
        "3, ff, 4.00, Uri-Host that is no text",
        "7, 010203, 4.02, Uri-Port out of length",
        "17, 010203, 4.02, Accept out of length",
        "23, 00000000, 4.02, Block2 out of length",
        "27, 00000000, 4.02, Block1 out of length",
        "27, 07, 4.00, Block1 with the reserved size",
        "23, 07, 4.00, Block2 with the reserved size",
    })
    void aCriticalOptionThatIsNotImplementedIsRefused(int option, String value, String code, String name) {
        assertThat(server.codeOf(RawDatagram.post(UP).option(option, value).payload("78")))
                .isEqualTo(code);
        nothingHappened();
    }

    @ParameterizedTest(name = "option {0} = {1} without a path: {2}")
    @CsvSource({"9, 090001, 4.02", "19, 08, 4.02", "31, 06, 4.02", "35, 61, 5.05", "39, 61, 5.05", "13, '', 4.02"})
    void theRefusalDoesNotDependOnThePath(int option, String value, String code) {
        assertThat(server.codeOf(RawDatagram.post("/").option(option, value).payload("78")))
                .isEqualTo(code);
        assertThat(server.codeOf(RawDatagram.post("/t").mid(8).option(option, value)))
                .isEqualTo(code);
        nothingHappened();
    }

    @ParameterizedTest(name = "option {0} = {1} twice")
    @CsvSource({
        "3, 61", "5, ''", "7, 1633", "17, 2a", "23, 06", "27, ''",
    })
    void aCriticalOptionThatMustNotBeRepeatedIsRefusedWhenItIs(int option, String value) {
        assertThat(server.codeOf(RawDatagram.post(UP)
                        .option(option, value)
                        .option(option, value)
                        .payload("78")))
                .isEqualTo("4.02");
        nothingHappened();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "9, 090001",
        "19, 08",
        "31, 06",
        "35, 61",
        "39, 61",
        "13, ''",
        "1, ''",
        "5, ''",
        "7, 010203",
        "27, 07",
        "3, ff"
    })
    void aNonConfirmableRequestWithSuchAnOptionIsDroppedInSilence(int option, String value) {
        server.device.send(
                RawDatagram.post(UP).non().option(option, value).payload("78").bytes());
        server.device.send(RawDatagram.post("/m")
                .non()
                .mid(8)
                .option(option, value)
                .payload("pub-1")
                .bytes());

        assertThat(server.device.receivedBeforePong(99)).isEmpty();
        nothingHappened();
    }

    @Test
    void electiveOptionsThatAreUnknownRepeatedOrOutOfLengthArePassedOver() {
        String code = server.codeOf(RawDatagram.post(UP)
                .option(12, "2a")
                .option(12, "32")
                .option(60, "0000000001")
                .option(14, "00000000ff")
                .option(4, "010203040506070809")
                .option(65002, "01")
                .option(8, "ff")
                .option(252, "00")
                .payload("78"));

        assertThat(code).isEqualTo("2.01");
        assertThat(server.delivery.asked).hasSize(1);
    }

    @Test
    void theFirstOfARepeatedElectiveOptionCounts() {
        server.device.send(RawDatagram.post(UP)
                .option(258, "02")
                .option(258, "")
                .payload("78")
                .bytes());

        assertThat(server.device.receive()).as("No-Response of the first").isEqualTo(new byte[] {0x60, 0, 0, 7});
        assertThat(server.delivery.asked).isEmpty();
    }

    @Test
    void whatTheSettingsDeclareIsAcceptedWithAnyValueAndAlsoTwice() {
        assertThat(server.codeOf(RawDatagram.post(UP)
                        .option(40_001, "0102030405")
                        .option(40_001, "")
                        .payload("78")))
                .isEqualTo("2.01");
        assertThat(server.delivery.asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 17})
    void whatNamesThisServerOrLeavesTheFormatToUsIsAccepted(int option) {
        assertThat(server.codeOf(RawDatagram.post(UP).option(option, "61").payload("78")))
                .isEqualTo("2.01");
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11, 19, 27, 31, 35})
    void registeredOptionsCannotBeDeclared(int number) {
        assertThatThrownBy(() -> new CoapDatagramParser(List.of(40_001, number)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pusher.coap.critical-custom-options")
                .hasMessageContaining(" " + number + ",");
    }

    @ParameterizedTest(name = "path segment {0}")
    @ValueSource(strings = {"ff", "c3", "c328", "eda080", "f8888080", "c080", "70756200ff"})
    void aPathThatIsNoTextLeadsNowhere(String segment) {
        assertThat(server.codeOf(
                        RawDatagram.post("/devices").option(11, segment).option(11, "7570")))
                .isEqualTo("4.04");
        assertThat(server.codeOf(RawDatagram.post("/devices/pub-1").mid(8).option(11, segment)))
                .isEqualTo("4.04");
        nothingHappened();
    }

    @Test
    void aQueryThatIsNoTextIsABadRequest() {
        assertThat(server.codeOf(RawDatagram.post("/q").option(15, "6465766963655f69643dff")))
                .isEqualTo("4.00");
        assertThat(server.codeOf(RawDatagram.post(UP).mid(8).option(15, "ff"))).isEqualTo("4.00");
        nothingHappened();
    }

    @Test
    void aPathThatIsTextIsTakenAsItIs() {
        assertThat(server.codeOf(RawDatagram.post("/devices/Gerät %C3%BC 😀 \uFFFD/up")))
                .isEqualTo("2.01");
        assertThat(server.uplinks().getFirst().deviceId().value()).isEqualTo("Gerät %C3%BC 😀 \uFFFD");
    }

    @ParameterizedTest(name = "method 0.{0}")
    @ValueSource(ints = {1, 4, 5, 6, 7, 8, 15, 30, 31})
    void aMethodThatIsNotOfferedGets405(int detail) {
        assertThat(server.answerTo(RawDatagram.post(UP).code(detail).payload("78"))
                        .getCode())
                .isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
        nothingHappened();
    }

    private void nothingHappened() {
        assertThat(server.delivery.asked).isEmpty();
        assertThat(server.delivery.recorded).isEmpty();
        assertThat(server.delivery.sent).isEmpty();
    }
}
