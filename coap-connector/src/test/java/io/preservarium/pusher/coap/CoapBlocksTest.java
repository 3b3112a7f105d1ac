package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.Commands;
import java.util.Arrays;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Block-wise transfers of devices that do not agree with us, or with themselves. RFC 7959. */
class CoapBlocksTest {

    private static final String UP = "/devices/pub-1/up";

    private final CoapServer server = CoapServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'A');
        return bytes;
    }

    @ParameterizedTest(name = "Block1 {0} with {1} bytes: {2}, {3}")
    @CsvSource({
        "08, 40, 4.00, more of 16 and longer",
        "0e, 1025, 4.00, more of 1024 and one byte longer",
        "06, 1030, 4.00, last of 1024 and longer",
        "00, 40, 4.00, last of 16 and longer",
        "'', 17, 4.00, last of 16 and longer in the short form",
        "10, 17, 4.00, a later last block that is longer",
        "08, 10, 4.08, more of 16 and shorter",
        "08, 0, 4.08, more of 16 and nothing",
        "0e, 1000, 4.08, more of 1024 and shorter",
        "0f, 16, 4.00, the reserved size",
        "07, 16, 4.00, the reserved size in the last block",
        "10, 16, 4.08, starts at 1",
        "18, 16, 4.08, starts at 1 and more to come",
    })
    void aBlockThatDisagreesIsAnsweredAndNoUplink(String block, int length, String code, String name) {
        RawDatagram datagram = RawDatagram.post(UP).option(27, block).payload(bytes(length));

        assertThat(server.codeOf(datagram)).isEqualTo(code);
        assertThat(server.codeOf(datagram)).as("and so is its retransmission").isEqualTo(code);
        assertThat(server.uplinks()).isEmpty();
    }

    @Test
    void aBlockThatDisagreesLeavesNothingBehind() {
        server.codeOf(RawDatagram.post(UP).option(27, "08").payload(bytes(40)));

        assertThat(server.codeOf(RawDatagram.post(UP).mid(8).option(27, "08").payload(bytes(16))))
                .isEqualTo("2.31");
        assertThat(server.codeOf(RawDatagram.post(UP).mid(9).option(27, "10").payload(bytes(5))))
                .isEqualTo("2.01");
        assertThat(server.uplinks()).extracting(Uplink::payload).containsExactly(bytes(21));
    }

    @Test
    void aNonConfirmableBlockThatDisagreesIsDroppedInSilence() {
        server.device.send(
                RawDatagram.post(UP).non().option(27, "08").payload(bytes(40)).bytes());

        assertThat(server.device.receivedBeforePong(99)).isEmpty();
        assertThat(server.uplinks()).isEmpty();
    }

    @Test
    void threeBlocksAreOneUplinkAndEachRetransmissionGetsItsAnswer() {
        byte[][] blocks = {
            RawDatagram.post(UP).mid(1).option(27, "08").payload(bytes(16)).bytes(),
            RawDatagram.post(UP).mid(2).option(27, "18").payload(bytes(16)).bytes(),
            RawDatagram.post(UP).mid(3).option(27, "20").payload(bytes(3)).bytes()
        };
        server.delivery.waitsFor("pub-1", Commands.offer(new byte[] {9}));
        byte[][] answers = new byte[3][];
        for (int i = 0; i < 3; i++) {
            server.device.send(blocks[i]);
            answers[i] = server.device.receive();
        }
        for (int i = 0; i < 3; i++) {
            server.device.send(blocks[i]);
            assertThat(server.device.receive()).isEqualTo(answers[i]);
        }

        assertThat(answers[1][1]).as("2.31 Continue").isEqualTo((byte) 0x5F);
        assertThat(server.uplinks()).extracting(Uplink::payload).containsExactly(bytes(35));
    }

    @ParameterizedTest
    @CsvSource({"38, 4.08, a gap", "10, 4.08, a repeated number with another message id"})
    void blocksOutOfOrderAreRefused(String second, String code, String name) {
        server.codeOf(RawDatagram.post(UP).mid(1).option(27, "08").payload(bytes(16)));
        server.codeOf(RawDatagram.post(UP).mid(2).option(27, "18").payload(bytes(16)));

        assertThat(server.codeOf(RawDatagram.post(UP).mid(3).option(27, second).payload(bytes(16))))
                .isEqualTo(code);
        assertThat(server.uplinks()).isEmpty();
    }

    @Test
    void startingAgainInTheMiddleCounts() {
        server.codeOf(RawDatagram.post(UP).mid(1).option(27, "08").payload(bytes(16)));
        server.codeOf(RawDatagram.post(UP).mid(2).option(27, "18").payload(bytes(16)));
        server.codeOf(RawDatagram.post(UP).mid(3).option(27, "08").payload(bytes(16)));

        assertThat(server.codeOf(RawDatagram.post(UP).mid(4).option(27, "10").payload(bytes(1))))
                .isEqualTo("2.01");
        assertThat(server.uplinks()).extracting(Uplink::payload).containsExactly(bytes(17));
    }

    @Test
    void aTokenThatChangesFromBlockToBlockIsAnsweredBlockByBlock() {
        Response first = server.answerTo(
                RawDatagram.post(UP).mid(1).token("01").option(27, "08").payload(bytes(16)));
        Response second = server.answerTo(
                RawDatagram.post(UP).mid(2).token("02").option(27, "10").payload(bytes(1)));

        assertThat(first.getToken().getBytes()).containsExactly(1);
        assertThat(second.getToken().getBytes()).containsExactly(2);
        assertThat(server.uplinks()).hasSize(1);
    }

    @Test
    void nonConfirmableBlocksAreOneUplinkAndTheAssembledOneIsNotAnswered() {
        server.device.send(RawDatagram.post(UP)
                .non()
                .mid(1)
                .option(27, "08")
                .payload(bytes(16))
                .bytes());
        assertThat(((Response) server.device.receiveMessage()).getCode().text).isEqualTo("2.31");
        server.device.send(RawDatagram.post(UP)
                .non()
                .mid(2)
                .option(27, "10")
                .payload(bytes(1))
                .bytes());

        await().until(() -> server.uplinks().size() == 1);
        assertThat(server.device.receivedBeforePong(99)).isEmpty();
    }

    @Test
    void aBodyThatIsAnnouncedTooLargeIsRefusedAtItsFirstBlock() {
        assertThat(server.codeOf(
                        RawDatagram.post(UP).option(27, "08").option(60, "4e20").payload(bytes(16))))
                .isEqualTo("4.13");
    }

    @Test
    void aLongCommandIsSentOnlyAfterItsLastBlockAlsoWithOtherTokens() {
        server.delivery.waitsFor("pub-1", Commands.offer(bytes(40)));

        Response first =
                server.answerTo(RawDatagram.post(UP).mid(1).option(23, "00").payload("x"));
        assertThat(first.getPayload()).hasSize(16);
        server.answerTo(RawDatagram.post(UP).mid(2).token("aa").option(23, "10"));
        assertThat(server.delivery.sent).isEmpty();
        Response last = server.answerTo(RawDatagram.post(UP).mid(3).token("bb").option(23, "20"));

        assertThat(last.getPayload()).hasSize(8);
        await().until(() -> server.delivery.sent.size() == 1);
        assertThat(server.delivery.asked).hasSize(1);
    }

    @Test
    void eachBlockOfALongCommandCanBeFetchedAgain() {
        server.delivery.waitsFor("pub-1", Commands.offer(bytes(40)));
        byte[] uplink =
                RawDatagram.post(UP).mid(1).option(23, "00").payload("x").bytes();
        byte[] next = RawDatagram.post(UP).mid(2).option(23, "10").bytes();
        server.device.send(uplink);
        byte[] first = server.device.receive();
        server.device.send(next);
        byte[] second = server.device.receive();
        for (int other = 0; other < 100; other++) {
            server.answerTo(RawDatagram.post("/t").mid(100 + other));
        }

        server.device.send(uplink);
        assertThat(server.device.receive()).isEqualTo(first);
        server.device.send(next);
        assertThat(server.device.receive()).isEqualTo(second);
        assertThat(server.delivery.sent).isEmpty();
    }
}
