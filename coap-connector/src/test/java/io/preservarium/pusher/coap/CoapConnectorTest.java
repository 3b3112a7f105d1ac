package io.preservarium.pusher.coap;

import static io.preservarium.pusher.coap.RawDevice.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.coap.endpoint.CoapConfig;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.ConnectorLifecycle;
import io.preservarium.pusher.connector.ConnectorSettings;
import io.preservarium.pusher.connector.FakeDelivery;
import io.preservarium.pusher.connector.FakeParser;
import io.preservarium.pusher.delivery.HandOut;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.NoResponseOption;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.OpaqueOptionDefinition;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector over a real socket, between hand-made delivery and parser. */
class CoapConnectorTest {

    private static final byte[] COMMAND = {0x30, 0x01, 0x40, 0x05};
    private static final Clock CLOCK = Clock.fixed(Commands.NOW, ZoneOffset.UTC);

    private final FakeDelivery delivery = new FakeDelivery();
    private final FakeParser parser = new FakeParser();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private CoapConnector connector;
    private ConnectorLifecycle lifecycle;
    private RawDevice device;

    private void start(TestConfig config) {
        connector = new CoapConnector(config, delivery, parser, registry, CLOCK);
        lifecycle = new ConnectorLifecycle(
                ConnectorSettings.draining(Duration.ofSeconds(3)), new CoapRoute(), connector, delivery, parser);
        device = new RawDevice(connector.socket());
    }

    @AfterEach
    void stop() {
        device.close();
        lifecycle.stop();
    }

    @Test
    void aConfirmableUplinkIsAnsweredWithTheCommandAndTheCommandIsSentOnce() {
        start(TestConfig.patient());
        HandOut.Offer offer = Commands.offer(COMMAND);
        delivery.handsOut(offer);

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
        Message answer = device.receiveMessage();

        assertThat(answer.getType()).isEqualTo(Type.ACK);
        assertThat(answer.getMID()).isEqualTo(7);
        assertThat(((Response) answer).getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(answer.getPayload()).isEqualTo(COMMAND);
        assertThat(answer.getOptions().asSortedList()).isEmpty();
        await().until(() -> !delivery.sent.isEmpty());
        assertThat(delivery.sent.getFirst().offer()).isSameAs(offer);
        assertThat(delivery.sent.getFirst().facts())
                .isEqualTo(Map.of(
                        "mode", "piggyback", "path", "/m", "identity", "claimed", "code", "2.01", "separate", false));
        assertThat(delivery.notSent).isEmpty();
    }

    @Test
    void anUplinkIsHandedOverWithAllThatIsKnownOfIt() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/c", "282c02424eed"));
        device.receive();

        Uplink uplink = delivery.asked.getFirst().uplink();
        assertThat(uplink.deviceId()).isEqualTo(new DeviceId("282c02424eed"));
        assertThat(uplink.protocol()).isEqualTo(Protocol.COAP);
        assertThat(uplink.address()).isEqualTo("/c");
        assertThat(uplink.method()).contains("POST");
        assertThat(uplink.source()).startsWith("coap://127.0.0.1:");
        assertThat(uplink.receivedAt()).isEqualTo(Commands.NOW);
        assertThat(uplink.payload()).asString().isEqualTo("282c02424eed");
        assertThat(uplink.parser()).contains(FakeParser.VERSION);
        assertThat(uplink.outputs()).containsExactly(Map.of("length", 12));
        assertThat(uplink.error()).isEmpty();
        assertThat(parser.lastConfig)
                .isEqualTo(Map.of("metadata", Map.of("uri_path", "/c", "method", "POST", "source", uplink.source())));
        assertThat(delivery.asked.getFirst().facts())
                .isEqualTo(Map.of("mode", "piggyback", "path", "/c", "identity", "claimed"));
    }

    @ParameterizedTest
    @CsvSource({"POST, 2.01", "PUT, 2.04"})
    void anUplinkWithNothingWaitingIsAnsweredEmpty(Code method, String code) {
        start(TestConfig.patient());

        device.send(request(Type.CON, method, 1, "/m", "282c02424eed"));

        Response answer = (Response) device.receiveMessage();
        assertThat(answer.getCode().text).isEqualTo(code);
        assertThat(answer.getPayloadSize()).isZero();
        assertThat(delivery.sent).isEmpty();
    }

    @Test
    void anUplinkIsAnsweredWithoutACommandWhileCommandsCannotBeHandedOut() {
        start(TestConfig.patient());
        delivery.handsOut(new HandOut.NotReady("restoring"));

        device.send(request(Type.CON, Code.POST, 1, "/m", "282c02424eed"));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"282c02424eed", "broken", "half:282c02424eed", "nobody"})
    void aNonConfirmableUplinkIsNeverAnsweredAndTakesNoCommand(String payload) {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(COMMAND));

        device.send(request(Type.NON, Code.POST, 1, "/m", payload));

        await().until(() -> registry.find("pusher.uplinks").timers().stream().anyMatch(t -> t.count() == 1));
        assertThat(device.receivedBeforePong(99)).isEmpty();
        assertThat(delivery.asked).isEmpty();
        assertThat(delivery.recorded).hasSize(payload.endsWith("eed") ? 1 : 0);
    }

    @Test
    void aNonConfirmableUplinkThatKafkaDoesNotTakeIsNotAnsweredEither() {
        start(TestConfig.patient());
        delivery.recordProblem = Optional.of("Kafka is away");

        device.send(request(Type.NON, Code.PUT, 1, "/devices/a/b", "x"));

        await().until(() -> !delivery.recorded.isEmpty());
        assertThat(device.receivedBeforePong(99)).isEmpty();
    }

    @Test
    void aRetransmissionGetsTheIdenticalAnswerAndNoSecondCommand() {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(COMMAND));
        byte[] uplink = request(Type.CON, Code.POST, 7, "/m", "282c02424eed");

        device.send(uplink);
        byte[] first = device.receive();
        delivery.handsOut(Commands.offer(new byte[] {1}));
        device.send(uplink);
        byte[] second = device.receive();
        device.send(uplink);
        byte[] third = device.receive();

        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
        assertThat(delivery.asked).hasSize(1);
        assertThat(delivery.sent).hasSize(1);
    }

    @Test
    void aRetransmissionWhileTheAnswerIsPendingChangesNothing() {
        start(TestConfig.patient());
        CompletableFuture<HandOut> later = delivery.handOutLater();
        byte[] uplink = request(Type.CON, Code.POST, 7, "/m", "282c02424eed");

        device.send(uplink);
        await().until(() -> !delivery.asked.isEmpty());
        device.send(uplink);
        assertThat(device.receivedBeforePong(99)).isEmpty();
        later.complete(Commands.offer(COMMAND));
        byte[] first = device.receive();
        device.send(uplink);
        byte[] second = device.receive();

        assertThat(second).isEqualTo(first);
        assertThat(delivery.asked).hasSize(1);
        assertThat(delivery.sent).hasSize(1);
    }

    @Test
    void theSameExchangeHasTheSameNameAndAnotherHasAnother() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
        device.receive();
        device.send(request(Type.CON, Code.POST, 8, "/m", "282c02424eed"));
        device.receive();

        assertThat(delivery.asked.get(0).exchange())
                .isNotEqualTo(delivery.asked.get(1).exchange());
        assertThat(delivery.asked.get(0).uplink().uplinkId())
                .isNotEqualTo(delivery.asked.get(1).uplink().uplinkId());
    }

    @Test
    void aSlowAnswerIsAcknowledgedFirstAndComesSeparately() {
        start(TestConfig.impatient(Duration.ofMillis(50), Duration.ofSeconds(30)));
        CompletableFuture<HandOut> later = delivery.handOutLater();
        byte[] uplink = request(Type.CON, Code.POST, 7, "/m", "282c02424eed");

        device.send(uplink);
        byte[] acknowledgement = device.receive();
        assertThat(acknowledgement).isEqualTo(new byte[] {0x60, 0, 0, 7});
        device.send(uplink);
        assertThat(device.receive()).isEqualTo(acknowledgement);
        assertThat(delivery.sent).isEmpty();

        later.complete(Commands.offer(COMMAND));
        Message answer = device.receiveMessage();
        device.send(RawDevice.acknowledgement(answer));

        assertThat(answer.getType()).isEqualTo(Type.CON);
        assertThat(answer.getToken().getBytes()).isEqualTo(new byte[] {7, 0x55});
        assertThat(((Response) answer).getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(answer.getPayload()).isEqualTo(COMMAND);
        await().until(() -> delivery.sent.size() == 1);
        assertThat(delivery.sent.getFirst().facts()).containsEntry("separate", true);
    }

    @Test
    void aSeparateAnswerThatTheDeviceDoesNotConfirmIsRepeatedAndStillSentOnce() {
        start(TestConfig.impatient(Duration.ofMillis(1), Duration.ofSeconds(30)));
        CompletableFuture<HandOut> later = delivery.handOutLater();

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
        device.receive();
        later.complete(Commands.offer(COMMAND));
        byte[] first = device.receive();
        byte[] again = device.receive();

        assertThat(again).isEqualTo(first);
        assertThat(delivery.sent).hasSize(1);
        assertThat(delivery.notSent).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/m, 5.00", "/devices/282c02424eed/x, 5.03"})
    void anUplinkWithoutAnswerInTimeFailsAndTheCommandThatComesTooLateGoesBack(String path, String code) {
        start(TestConfig.impatient(Duration.ofMillis(20), Duration.ofMillis(100)));
        CompletableFuture<HandOut> later = delivery.handOutLater();

        device.send(request(Type.CON, Code.POST, 7, path, "282c02424eed"));
        assertThat(device.receive()).isEqualTo(new byte[] {0x60, 0, 0, 7});
        Message answer = device.receiveMessage();
        device.send(RawDevice.acknowledgement(answer));
        HandOut.Offer offer = Commands.offer(COMMAND);
        later.complete(offer);

        assertThat(((Response) answer).getCode().text).isEqualTo(code);
        assertThat(answer.getPayloadSize()).isZero();
        assertThat(delivery.notSent).hasSize(1);
        assertThat(delivery.notSent.getFirst().offer()).isSameAs(offer);
        assertThat(delivery.notSent.getFirst().why()).contains("too late");
        assertThat(device.receivedBeforePong(99)).isEmpty();
        assertThat(delivery.sent).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/m, 5.00", "/devices/282c02424eed/x, 5.03"})
    void anUplinkThatKafkaDoesNotTakeFails(String path, String code) {
        start(TestConfig.patient());
        delivery.handsOut(new HandOut.NotRecorded("Kafka is away"));

        device.send(request(Type.CON, Code.POST, 7, path, "282c02424eed"));

        assertThat(((Response) device.receiveMessage()).getCode().text).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken", "nobody"})
    void anUplinkThatNamesNobodyFailsAndIsNotRecorded(String payload) {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(COMMAND));

        device.send(request(Type.CON, Code.POST, 7, "/m", payload));

        Response answer = (Response) device.receiveMessage();
        assertThat(answer.getCode()).isEqualTo(ResponseCode.INTERNAL_SERVER_ERROR);
        assertThat(answer.getPayloadSize()).isZero();
        assertThat(delivery.recorded).isEmpty();
        assertThat(delivery.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/m, half:282c02424eed, KeyError: 'x'",
        "/x/282c02424eed, hello, there is no parser script nobody_wrote_this.py"
    })
    void anUplinkOfAKnownDeviceThatItsScriptCannotReadIsRecordedWithTheErrorAndFails(
            String path, String payload, String error) {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(COMMAND));

        device.send(request(Type.CON, Code.POST, 7, path, payload));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.INTERNAL_SERVER_ERROR);
        assertThat(delivery.asked).isEmpty();
        assertThat(delivery.recorded).hasSize(1);
        assertThat(delivery.recorded.getFirst().deviceId().value()).isEqualTo("282c02424eed");
        assertThat(delivery.recorded.getFirst().error()).contains(error);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /nothing/here, 4.04",
        "GET, /, 4.04",
        "GET, /.well-known/core, 4.04",
        "POST, /m/more, 4.04",
        "POST, /devices, 4.04",
        "GET, /m, 4.05",
        "DELETE, /m, 4.05",
        "GET, /devices/a/commands, 4.05",
        "PUT, /t, 4.05",
    })
    void whatIsNotOfferedIsRefused(Code method, String path, String code) {
        start(TestConfig.patient());

        device.send(request(Type.CON, method, 7, path, ""));

        assertThat(((Response) device.receiveMessage()).getCode().text).isEqualTo(code);
        assertThat(delivery.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET, CON", "POST, CON", "GET, NON"})
    void theTimeIsFourBytesOfEpochSeconds(Code method, Type type) {
        start(TestConfig.patient());

        device.send(request(type, method, 7, "/t", ""));

        Response answer = (Response) device.receiveMessage();
        assertThat(answer.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(answer.getPayload())
                .isEqualTo(ByteBuffer.allocate(4)
                        .putInt((int) Commands.NOW.getEpochSecond())
                        .array());
        assertThat(delivery.asked).isEmpty();
        assertThat(delivery.recorded).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/devices/Gerät 7/data", "/devices/Gerät 7", "/devices/Gerät 7/a/b/c"})
    void aDeviceNamedInThePathIsTakenAsItIsAndItsUplinkRecordedRaw(String path) {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, path, "any bytes"));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
        Uplink uplink = delivery.asked.getFirst().uplink();
        assertThat(uplink.deviceId().value()).isEqualTo("Gerät 7");
        assertThat(uplink.parser()).isEmpty();
        assertThat(uplink.outputs()).isEmpty();
        assertThat(uplink.address()).isEqualTo(path);
    }

    @Test
    void aDeviceCanBeNamedInTheQuery() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/q", "x", message -> message.getOptions()
                .addUriQuery("device_id=a-7")));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(delivery.asked.getFirst().uplink().deviceId().value()).isEqualTo("a-7");

        device.send(request(Type.CON, Code.POST, 8, "/q", "x"));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.BAD_REQUEST);
    }

    @Test
    void anImpossibleDeviceIdIsABadRequest() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/devices/a\u0007b/x", "x"));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.BAD_REQUEST);
    }

    @Test
    void aCriticalOptionIsRefusedUnlessTheSettingsDeclareIt() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed", message -> message.getOptions()
                .addOption(option(40_003))));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.BAD_OPTION);
        device.send(request(Type.CON, Code.POST, 8, "/m", "282c02424eed", message -> message.getOptions()
                .addOption(option(40_001))));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
    }

    @Test
    void aSenderThatWantsNoAnswerGetsTheEmptyAcknowledgementAndNoCommand() {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(COMMAND));

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed", message -> message.getOptions()
                .setNoResponse(NoResponseOption.SUPPRESS_SUCCESS)));

        assertThat(device.receive()).isEqualTo(new byte[] {0x60, 0, 0, 7});
        assertThat(delivery.asked).isEmpty();
        assertThat(delivery.recorded).hasSize(1);
    }

    @Test
    void aLaterBlockOfAnAnswerThatIsGoneIsNoUplink() {
        start(TestConfig.patient());

        device.send(request(Type.CON, Code.POST, 7, "/m", "", message -> message.getOptions()
                .setBlock2(new BlockOption(5, false, 3))));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        assertThat(delivery.asked).isEmpty();
    }

    @Test
    void uplinksAndCommandsLongerThanADatagramGoInBlocks() throws Exception {
        start(TestConfig.patient());
        byte[] longCommand = new byte[5_000];
        Arrays.fill(longCommand, (byte) 0x42);
        delivery.handsOut(Commands.offer(longCommand));
        byte[] longUplink = new byte[10_000];
        Arrays.fill(longUplink, (byte) 'u');

        CoapResponse answer = californium("/devices/a/b").post(longUplink, 42);

        assertThat(answer.getCode()).isEqualTo(ResponseCode.CREATED);
        assertThat(answer.getPayload()).isEqualTo(longCommand);
        assertThat(delivery.asked).hasSize(1);
        assertThat(delivery.asked.getFirst().uplink().payload()).isEqualTo(longUplink);
        await().until(() -> delivery.sent.size() == 1);
    }

    @Test
    void aLongCommandIsNotSentBeforeItsLastBlockHasLeft() {
        start(TestConfig.patient());
        delivery.handsOut(Commands.offer(new byte[1_500]));

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
        Message first = device.receiveMessage();
        assertThat(first.getOptions().getBlock2().isM()).isTrue();
        assertThat(device.receivedBeforePong(99)).isEmpty();
        assertThat(delivery.sent).isEmpty();

        for (int block = 1; block <= 2; block++) {
            int number = block;
            device.send(request(Type.CON, Code.POST, 7 + block, "/m", "", message -> message.getOptions()
                    .setBlock2(new BlockOption(5, false, number))));
            device.receiveMessage();
        }
        await().until(() -> delivery.sent.size() == 1);
        assertThat(delivery.asked).hasSize(1);
    }

    @Test
    void anUplinkBeyondTheLimitIsRefusedInBlocks() throws Exception {
        start(TestConfig.patient());

        CoapResponse answer = californium("/devices/a/b").post(new byte[20_000], 42);

        assertThat(answer.getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(delivery.asked).isEmpty();
    }

    @Test
    void rubbishIsSurvived() {
        start(TestConfig.patient());
        Random random = new Random(20_261_121);
        for (int i = 0; i < 3_000; i++) {
            byte[] rubbish = new byte[random.nextInt(64)];
            random.nextBytes(rubbish);
            if (rubbish.length > 0 && i % 3 == 0) {
                rubbish[0] = (byte) (0x40 | rubbish[0] & 0x3F); // version 1, so that more of it is looked at
            }
            device.send(rubbish);
        }
        byte[] whole = request(Type.CON, Code.POST, 500, "/m", "282c02424eed");
        for (int length = 1; length < whole.length; length++) {
            device.send(Arrays.copyOf(whole, length));
        }

        try (RawDevice other = new RawDevice(connector.socket())) {
            await().untilAsserted(() -> {
                other.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
                assertThat(other.receiveWithin(500)).isPresent();
            });
        }
    }

    @Test
    void tooManyUplinksOnTheirWayAreTurnedAway() {
        start(TestConfig.narrow(1));
        CompletableFuture<HandOut> later = delivery.handOutLater();

        device.send(request(Type.CON, Code.POST, 7, "/m", "282c02424eed"));
        await().until(() -> !delivery.asked.isEmpty());
        device.send(request(Type.CON, Code.POST, 8, "/devices/a/b", "x"));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        later.complete(new HandOut.Nothing());
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
        device.send(request(Type.CON, Code.POST, 9, "/devices/a/b", "x"));
        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CREATED);
    }

    @Test
    void anErrorOfThisServiceIsAnsweredToo() {
        start(TestConfig.patient());
        delivery.held = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("broken")));

        device.send(request(Type.CON, Code.POST, 7, "/devices/a/b", "x"));

        assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "/devices, PATH_SEGMENT, needs {device_id} in the path",
        "/devices, SCRIPT, needs a parser",
        "/devices/{device_id}, QUERY, does not go with {device_id}",
        "devices, QUERY, a path must start with /",
    })
    void aPathOfTheSettingsThatCannotBeMeantStopsTheStart(String path, CoapConfig.DeviceIdFrom from, String message) {
        start(TestConfig.patient());
        TestConfig wrong = new TestConfig(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                Map.of("mine", new TestConfig.Path(path, Optional.empty(), from, ResponseCode.SERVICE_UNAVAILABLE)));

        assertThatThrownBy(() -> new CoapConnector(wrong, delivery, parser, registry, CLOCK))
                .hasMessageContaining("pusher.coap.uplinks.mine")
                .hasMessageContaining(message);
    }

    private static Option option(int number) {
        return new OpaqueOptionDefinition(number, "Test_" + number).create(new byte[] {1});
    }

    private CoapClient californium(String path) {
        Configuration settings = new Configuration(
                org.eclipse.californium.core.config.CoapConfig.DEFINITIONS,
                UdpConfig.DEFINITIONS,
                SystemConfig.DEFINITIONS);
        settings.set(org.eclipse.californium.core.config.CoapConfig.MAX_RESOURCE_BODY_SIZE, 65_536);
        return new CoapClient("coap://127.0.0.1:" + connector.socket().getPort() + path)
                .setEndpoint(CoapEndpoint.builder().setConfiguration(settings).build())
                .setTimeout(10_000L);
    }
}
