package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.FakeDelivery;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices behind one address, and devices that restart, use a message id again within 247 seconds. */
class CoapMessageIdTest {

    private static final String FIRST = "first-device";
    private static final String SECOND = "second-device";

    private final CoapServer server = CoapServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void twoDevicesBehindOneAddressGetTheirOwnCommandsThoughMessageIdAndTokenAreEqual() {
        server.delivery.waitsFor(FIRST, Commands.offer(new byte[] {1}));
        server.delivery.waitsFor(SECOND, Commands.offer(new byte[] {2}));

        Response first = server.answerTo(RawDatagram.post("/m").mid(1).token("").payload(FIRST));
        Response second =
                server.answerTo(RawDatagram.post("/m").mid(1).token("").payload(SECOND));

        assertThat(first.getPayload()).containsExactly(1);
        assertThat(second.getPayload()).containsExactly(2);
        assertThat(server.uplinks()).extracting(u -> u.deviceId().value()).containsExactly(FIRST, SECOND);
        assertThat(server.delivery.asked.get(0).exchange())
                .isNotEqualTo(server.delivery.asked.get(1).exchange());
    }

    @Test
    void anotherTokenIsAnotherRequest() {
        Response first = server.answerTo(
                RawDatagram.post("/devices/a/up").mid(1).token("aa").payload("first"));
        Response second = server.answerTo(
                RawDatagram.post("/devices/a/up").mid(1).token("bb").payload("second"));

        assertThat(first.getToken().getBytes()).containsExactly(0xaa);
        assertThat(second.getToken().getBytes()).containsExactly(0xbb);
        assertThat(server.uplinks())
                .extracting(Uplink::payload)
                .containsExactly("first".getBytes(), "second".getBytes());
    }

    @Test
    void anotherTokenWithTheSamePayloadIsAnotherRequestToo() {
        server.answerTo(RawDatagram.post("/devices/a/up").token("aa").payload("same"));
        Response second =
                server.answerTo(RawDatagram.post("/devices/a/up").token("bb").payload("same"));

        assertThat(second.getToken().getBytes()).containsExactly(0xbb);
        assertThat(exchanges()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/devices/b/up", "/devices/a/down", "/devices/a"})
    void anotherPathIsAnotherRequest(String path) {
        server.answerTo(RawDatagram.post("/devices/a/up").payload("same"));
        server.answerTo(RawDatagram.post(path).payload("same"));

        assertThat(server.uplinks()).extracting(Uplink::address).containsExactly("/devices/a/up", path);
        assertThat(exchanges()).hasSize(2);
    }

    @Test
    void anotherMethodIsAnotherRequest() {
        String post = server.codeOf(RawDatagram.post("/devices/a/up").payload("same"));
        String put = server.codeOf(RawDatagram.post("/devices/a/up").code(3).payload("same"));

        assertThat(post).isEqualTo("2.01");
        assertThat(put).isEqualTo("2.04");
        assertThat(exchanges()).hasSize(2);
    }

    @Test
    void anotherTypeIsAnotherRequest() {
        server.device.send(
                RawDatagram.post("/devices/a/up").non().payload("same").bytes());
        await().until(() -> server.delivery.recorded.size() == 1);

        Response answer = server.answerTo(RawDatagram.post("/devices/a/up").payload("same"));

        assertThat(answer.getType()).isEqualTo(Type.ACK);
        assertThat(server.delivery.asked).hasSize(1);
    }

    @Test
    void requestsWithOneMessageIdThatWaitAtTheSameTimeAreAnsweredEachWithItsToken() {
        CompletableFuture<HandOut> first = server.delivery.handOutLater();
        server.device.send(
                RawDatagram.post("/devices/a/up").token("aa").payload("x").bytes());
        await().until(() -> server.delivery.asked.size() == 1);
        CompletableFuture<HandOut> second = server.delivery.handOutLater();
        server.device.send(
                RawDatagram.post("/devices/b/up").token("bb").payload("x").bytes());
        await().until(() -> server.delivery.asked.size() == 2);

        second.complete(Commands.offer(new byte[] {2}));
        Message answer = server.device.receiveMessage();
        assertThat(answer.getToken().getBytes()).containsExactly(0xbb);
        assertThat(answer.getPayload()).containsExactly(2);
        first.complete(Commands.offer(new byte[] {1}));
        answer = server.device.receiveMessage();
        assertThat(answer.getToken().getBytes()).containsExactly(0xaa);
        assertThat(answer.getPayload()).containsExactly(1);
    }

    @Test
    void aRetransmissionGetsTheIdenticalAnswerHoweverManyNeighboursShareItsAddress() {
        server.delivery.waitsFor("a", Commands.offer(new byte[] {1, 2, 3}));
        byte[] uplink = RawDatagram.post("/devices/a/up").mid(1).payload("x").bytes();
        server.device.send(uplink);
        byte[] first = server.device.receive();

        for (int neighbour = 0; neighbour < 500; neighbour++) {
            server.answerTo(RawDatagram.post("/devices/n" + neighbour + "/up")
                    .mid(2 + neighbour)
                    .payload("x"));
        }
        server.device.send(uplink);

        assertThat(server.device.receive()).isEqualTo(first);
        assertThat(server.delivery.asked).hasSize(501);
        await().until(() -> server.delivery.sent.size() == 1);
    }

    @Test
    void manyNeighboursWithTheSameMessageIdAllGetTheirAnswersAgain() {
        List<byte[]> uplinks = new ArrayList<>();
        List<byte[]> answers = new ArrayList<>();
        for (int neighbour = 0; neighbour < 100; neighbour++) {
            String device = "n" + neighbour;
            server.delivery.waitsFor(device, Commands.offer(new byte[] {(byte) neighbour}));
            uplinks.add(RawDatagram.post("/m").mid(1).token("").payload(device).bytes());
            server.device.send(uplinks.getLast());
            answers.add(server.device.receive());
        }
        for (int neighbour = 99; neighbour >= 0; neighbour--) {
            server.device.send(uplinks.get(neighbour));
            assertThat(server.device.receive()).isEqualTo(answers.get(neighbour));
        }
        assertThat(server.delivery.asked).hasSize(100);
        assertThat(new HashSet<>(answers.stream().map(Arrays::toString).toList()))
                .hasSize(100);
    }

    @Test
    void theSameDatagramFromAnotherPortIsAnotherRequest() {
        byte[] uplink = RawDatagram.post("/devices/a/up").payload("x").bytes();
        server.device.send(uplink);
        server.device.receive();
        RawDevice other = server.other();
        other.send(uplink);
        other.receive();

        assertThat(exchanges()).hasSize(2);
    }

    @Test
    void aRetransmissionOfANonConfirmableUplinkIsNotRecordedAgain() {
        byte[] uplink = RawDatagram.post("/devices/a/up").non().payload("x").bytes();
        server.device.send(uplink);
        await().until(() -> server.delivery.recorded.size() == 1);
        for (int other = 0; other < 100; other++) {
            server.answerTo(RawDatagram.post("/t").mid(100 + other));
        }
        server.device.send(uplink);
        assertThat(server.device.receivedBeforePong(99)).isEmpty();
        server.answerTo(RawDatagram.post("/devices/b/up").mid(300).payload("x"));

        assertThat(server.delivery.recorded).hasSize(1);
    }

    @Test
    void aRetransmissionAfterASeparateAnswerWasConfirmedGetsTheAcknowledgementOnly() {
        try (CoapServer impatient =
                new CoapServer(TestConfig.impatient(Duration.ofMillis(1), Duration.ofSeconds(30)))) {
            CompletableFuture<HandOut> later = impatient.delivery.handOutLater();
            byte[] uplink = RawDatagram.post("/devices/a/up").payload("x").bytes();
            impatient.device.send(uplink);
            byte[] acknowledgement = impatient.device.receive();
            later.complete(Commands.offer(new byte[] {1}));
            Message answer = impatient.device.receiveMessage();
            impatient.device.send(RawDevice.acknowledgement(answer));
            impatient.device.receivedBeforePong(98);
            for (int other = 0; other < 100; other++) {
                impatient.answerTo(RawDatagram.post("/t").mid(100 + other));
            }

            impatient.device.send(uplink);

            assertThat(impatient.device.receive()).isEqualTo(acknowledgement);
            assertThat(impatient.device.receivedBeforePong(99)).isEmpty();
            assertThat(impatient.delivery.asked).hasSize(1);
        }
    }

    private HashSet<String> exchanges() {
        return new HashSet<>(
                server.delivery.asked.stream().map(FakeDelivery.Asked::exchange).toList());
    }
}
