package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.preservarium.pusher.command.wire.Topics;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command by REST reaches a sleeping CoAP sensor; the clients are libcoap's and protoc. */
class CoapCommandIT {

    /** A real measurement of sensor 282c02424eed, sent to /m. */
    static final byte[] CAPTURE = HexFormat.of()
            .parseHex(
                    "0a06282c02424eed1001183c220f080110b8d0a7c20620d2032a020000220e080210b8d0a7c20620722a0200002896d5a7c20640014809820100");

    private static RunningPusher pusher;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        pusher = RunningPusher.shared();
    }

    @Test
    void theSensorGetsTheRightBytesInTheAnswerToItsUplinkAndTheStatusSaysSo() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        ForeignClient.PROTOC.require();
        String id = pusher.accept(config("282c02424eed", 600));
        pusher.awaitState(id, "queued");

        long before = Instant.now().getEpochSecond();
        byte[] answer = pusher.uplink("/m", CAPTURE);
        String decoded = ForeignClient.PROTOC.run(answer, "--decode_raw");
        assertThat(decoded).contains("2: 600", "26: 1", "6: 1");
        long time =
                Long.parseLong(decoded.replaceAll("(?s).*\\n?8: (\\d+).*", "$1").strip());
        assertThat(time).isBetween(before - 1, Instant.now().getEpochSecond() + 1);

        JsonNode status = pusher.awaitState(id, "sent");
        assertThat(RunningPusher.history(status)).containsExactly("accepted", "queued", "sending", "sent");
        status.get("history")
                .forEach(event -> assertThat(event.get("at").asText()).isNotEmpty());
        assertThat(status.get("final").asBoolean()).isTrue();
        assertThat(status.get("attempts").asInt()).isEqualTo(1);
        assertThat(status.at("/parser/ref").asText()).isEqualTo("efento_bidirectional_parser.py");
        assertThat(status.at("/parser/sha256").asText()).hasSize(64);
        assertThat(status.at("/bytes/length").asInt()).isEqualTo(answer.length);
        assertThat(status.at("/bytes/sha256").asText())
                .isEqualTo(io.preservarium.pusher.command.Digest.of(answer).hex());
        assertThat(status.at("/delivery/identity").asText()).isEqualTo("claimed");

        assertThat(pusher.uplink("/m", CAPTURE)).as("nothing waits any more").isEmpty();
    }

    @Test
    void theUplinkIsInKafkaWithItsOutputs() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        pusher.uplink("/m", CAPTURE);
        assertThat(pusher.records(Topics.UPLINKS)).anySatisfy(record -> {
            JsonNode uplink = RunningPusher.json(new String(record.value(), StandardCharsets.UTF_8));
            assertThat(uplink.get("device_id").asText()).isEqualTo("282c02424eed");
            assertThat(uplink.get("path").asText()).isEqualTo("/m");
            assertThat(uplink.get("outputs").toString())
                    .contains("\"quantity\":\"temperature\"", "\"value\":23.3", "2025-06-11T20:34:00Z");
        });
    }

    @Test
    void theSameDatagramAgainGetsTheIdenticalAnswerAndTakesNoOtherCommand() throws Exception {
        String device = "282c02424e01";
        String first = pusher.accept(config(device, 600));
        String second = pusher.accept(config(device, 900));
        pusher.awaitState(second, "queued");
        byte[] datagram = confirmablePost("m", measurementOf(device), 0x1234);
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] answer = exchange(socket, datagram);
            assertThat(exchange(socket, datagram)).isEqualTo(answer);
            assertThat(answer[1] & 0xff).as("2.01 Created").isEqualTo(0x41);
        }
        assertThat(pusher.awaitState(first, "sent").get("attempts").asInt()).isEqualTo(1);
        assertThat(pusher.status(second).get("state").asText()).isEqualTo("queued");
    }

    @Test
    void aNonConfirmableUplinkGetsNothingAndTakesNoCommand() throws Exception {
        String device = "282c02424e02";
        String id = pusher.accept(config(device, 600));
        pusher.awaitState(id, "queued");
        byte[] datagram = confirmablePost("m", measurementOf(device), 0x2345);
        datagram[0] = (byte) (datagram[0] | 0x10);
        int recorded = pusher.records(Topics.UPLINKS).size();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(1_500);
            send(socket, datagram);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> pusher.records(Topics.UPLINKS).size() > recorded);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> socket.receive(new DatagramPacket(new byte[2_000], 2_000)))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
        assertThat(pusher.status(id).get("state").asText()).isEqualTo("queued");
    }

    @Test
    void aTruncatedUplinkMakesTheSensorKeepItsDataAndTheTimeIsFourBytes() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        Path broken = folder.resolve("broken.bin");
        Files.write(broken, Arrays.copyOf(CAPTURE, 5));
        assertThat(ForeignClient.COAP_CLIENT.run(
                        new byte[0],
                        "-B",
                        "5",
                        "-m",
                        "post",
                        "-f",
                        broken.toString(),
                        "coap://127.0.0.1:" + pusher.port(5683) + "/m"))
                .contains("5.00");
        Path time = folder.resolve("time.bin");
        ForeignClient.COAP_CLIENT.run(
                new byte[0],
                "-B",
                "5",
                "-m",
                "get",
                "-o",
                time.toString(),
                "coap://127.0.0.1:" + pusher.port(5683) + "/t");
        long seconds =
                Integer.toUnsignedLong(ByteBuffer.wrap(Files.readAllBytes(time)).getInt());
        assertThat(seconds).isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.api.Assertions.within(3L));
    }

    @Test
    void twoCommandsOfOneDeviceRunTheirOwnScripts() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        String one = pusher.accept(numbered("two-scripts", 7, "number.py"));
        String two = pusher.accept(numbered("two-scripts", 8, "other.js"));
        pusher.awaitState(two, "queued");
        assertThat(pusher.uplink("/devices/two-scripts/up", new byte[0]))
                .isEqualTo("7".getBytes(StandardCharsets.UTF_8));
        pusher.awaitState(one, "sent");
        assertThat(pusher.uplink("/devices/two-scripts/up", new byte[0]))
                .isEqualTo(new byte[] {(byte) 0xca, (byte) 0xfe, 8});
        assertThat(pusher.status(one).at("/parser/ref").asText()).isEqualTo("number.py");
        assertThat(pusher.awaitState(two, "sent").at("/parser/ref").asText()).isEqualTo("other.js");
    }

    @Test
    void aCommandThatCannotBeFormattedFailsAtOnceWithItsReasonAndTheNextOneGoesOut() throws Exception {
        ForeignClient.COAP_CLIENT.require();
        String raises = pusher.accept(numbered("bad-heads", 1, "raises.py"));
        String nothing = pusher.accept(numbered("bad-heads", 2, "nothing.py"));
        String loops = pusher.accept(numbered("bad-heads", 3, "loops.py"));
        String missing = pusher.accept(numbered("bad-heads", 4, "never_there.py"));
        String good = pusher.accept(numbered("bad-heads", 5, "number.py"));
        assertReason(raises, "FORMAT_FAILED", "no such valve");
        assertReason(nothing, "UNKNOWN_COMMAND", "does not know the command type");
        assertReason(loops, "FORMAT_TIMEOUT", "longer than it may");
        pusher.awaitState(good, "queued");
        assertThat(pusher.uplink("/devices/bad-heads/up", new byte[0])).isEqualTo("5".getBytes(StandardCharsets.UTF_8));
        pusher.awaitState(good, "sent");
        assertReason(missing, "PARSER_NOT_FOUND", "never_there.py");
        assertThat(pusher.records(Topics.DEAD_LETTERS)).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void anInvalidItemOfTheSeedsBatchFailsAlone() throws Exception {
        HttpResponse<String> response = pusher.post("/api/v1/commands/batch", """
                {"commands": [
                  {"device_id": "device_001", "command_type": "reboot", "payload": {}, "protocol": "coap",
                   "parser_script_ref": "device_parser.py"},
                  {"device_id": "device_003", "command_type": "reboot", "payload": {}, "protocol": "carrier-pigeon"},
                  {"device_id": "device_002", "command_type": "update", "payload": {"version": "1.2.3"},
                   "protocol": "mqtt", "parser_script_ref": "mqtt_device_parser.py",
                   "metadata": {"topic": "devices/device_002/commands"}}
                ]}""");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = RunningPusher.json(response.body());
        assertThat(answer.get("total_commands").asInt()).isEqualTo(3);
        assertThat(answer.get("successful").asInt()).isEqualTo(2);
        assertThat(answer.get("failed").asInt()).isEqualTo(1);
        assertThat(answer.get("results").get(1).toString()).contains("protocol", "carrier-pigeon");
        pusher.awaitState(answer.get("results").get(2).get("request_id").asText(), "sent");
    }

    private static void assertReason(String id, String reason, String message) {
        JsonNode status = pusher.awaitState(id, "failed");
        assertThat(status.get("reason").asText()).isEqualTo(reason);
        assertThat(status.get("message").asText()).contains(message);
        assertThat(status.get("attempts").asInt()).isZero();
    }

    private static String config(String device, int interval) {
        return """
                {"device_id": "%s", "command_type": "config_update",
                 "payload": {"measurement_interval": %d, "request_device_info": true},
                 "protocol": "coap", "parser_script_ref": "efento_bidirectional_parser.py"}""".formatted(device, interval);
    }

    static String numbered(String device, int n, String script) {
        return """
                {"device_id": "%s", "command_type": "set", "payload": {"n": %d}, "protocol": "coap",
                 "parser_script_ref": "%s"}""".formatted(device, n, script);
    }

    /** The capture with another serial number. */
    static byte[] measurementOf(String serial) {
        byte[] payload = CAPTURE.clone();
        System.arraycopy(HexFormat.of().parseHex(serial), 0, payload, 2, 6);
        return payload;
    }

    /** RFC 7252 section 3: version 1, confirmable, token of one byte, POST, one Uri-Path. */
    private static byte[] confirmablePost(String path, byte[] payload, int messageId) {
        return ByteBuffer.allocate(7 + path.length() + payload.length)
                .put((byte) 0x41)
                .put((byte) 0x02)
                .putShort((short) messageId)
                .put((byte) 0x01)
                .put((byte) (0xb0 | path.length()))
                .put(path.getBytes(StandardCharsets.UTF_8))
                .put((byte) 0xff)
                .put(payload)
                .array();
    }

    private static byte[] exchange(DatagramSocket socket, byte[] datagram) throws Exception {
        socket.setSoTimeout(20_000);
        send(socket, datagram);
        DatagramPacket answer = new DatagramPacket(new byte[2_000], 2_000);
        socket.receive(answer);
        return Arrays.copyOf(answer.getData(), answer.getLength());
    }

    private static void send(DatagramSocket socket, byte[] datagram) throws Exception {
        socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), pusher.port(5683)));
    }
}
