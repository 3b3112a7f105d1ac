package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.coap.endpoint.CoapDatagramParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Datagrams from anybody: answered or dropped, never an alarm in the log, and the next device is served. */
class CoapFuzzTest {

    private static final int DATAGRAMS = 20_000;
    private static final int BATCH = 50;

    @Test
    void theWatchSeesWhatCaliforniumLogs() {
        try (LogWatch log = new LogWatch()) {
            LoggerFactory.getLogger("org.eclipse.californium.core.network.CoapEndpoint")
                    .error("seen", new IllegalStateException("thrown"));
            assertThat(log.alarms()).singleElement().asString().contains("seen", "thrown");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {20_261_125L})
    void mutatedDatagramsRaiseNoAlarmAndGoodOnesBetweenThemAreAnswered(long seed) {
        Random random = new Random(seed);
        List<byte[]> models = models();
        try (LogWatch log = new LogWatch();
                CoapServer server = CoapServer.start()) {
            RawDevice good = server.other();
            for (int sent = 0; sent < DATAGRAMS; sent += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    server.device.send(mutated(models.get(random.nextInt(models.size())), random));
                }
                int mid = sent / BATCH;
                Response answer = answer(good, mid);
                assertThat(answer.getCode().text).isEqualTo("2.01");
                assertThat(answer.getMID()).isEqualTo(mid);
                while (server.device.receiveWithin(1).isPresent()) {
                    // whatever the hostile one gets
                }
            }
            assertThat(log.alarms()).isEmpty();
            assertThat(log.lines()).as("at most ten a second, and the start").isLessThan(DATAGRAMS / 20);
            await().untilAsserted(() -> assertThat(server.uplinks())
                    .filteredOn(u -> u.deviceId().value().equals("good-device"))
                    .hasSize(DATAGRAMS / BATCH));
        }
    }

    /** A device repeats what was lost between two sockets; a full buffer is no fault of the server. */
    private static Response answer(RawDevice device, int mid) {
        byte[] uplink = RawDatagram.post("/m").mid(mid).payload("good-device").bytes();
        for (int attempt = 0; attempt < 10; attempt++) {
            device.send(uplink);
            Optional<byte[]> answer = device.receiveWithin(2_000);
            if (answer.isPresent()) {
                return (Response) new UdpDataParser().parseMessage(answer.get());
            }
        }
        throw new AssertionError("no answer to the good request " + mid);
    }

    private static List<byte[]> models() {
        byte[] block = new byte[40];
        Arrays.fill(block, (byte) 'A');
        List<byte[]> models = new ArrayList<>();
        for (Type type : Type.values()) {
            models.add(RawDatagram.post("/m").type(type).payload("bad-device").bytes());
            models.add(RawDatagram.post("/devices/bad/up")
                    .type(type)
                    .option(27, "08")
                    .payload(block)
                    .bytes());
            models.add(RawDatagram.post("/devices/bad/up")
                    .type(type)
                    .option(27, "10")
                    .payload(block)
                    .bytes());
            models.add(RawDatagram.post("/devices/bad/up")
                    .type(type)
                    .option(23, "16")
                    .bytes());
            models.add(RawDatagram.post("/devices/bad/up")
                    .type(type)
                    .code(0x44)
                    .payload("x")
                    .bytes());
            models.add(RawDatagram.post("/devices/bad/up").type(type).code(0).bytes());
            models.add(RawDatagram.post("/t").type(type).code(1).option(6, "").bytes());
        }
        models.add(RawDatagram.post("/q")
                .option(15, "6465766963655f69643d61")
                .option(60, "0400")
                .bytes());
        models.add(RawDatagram.post("/devices/bad/up")
                .option(3, "61")
                .option(7, "1633")
                .option(12, "2a")
                .option(17, "2a")
                .option(258, "1a")
                .option(292, "0102")
                .payload("x")
                .bytes());
        models.add(new byte[] {0x40, 0, 0, 1});
        models.add(new byte[] {0x60, 0, 0, 7});
        models.add(new byte[] {0x70, 0, 0, 7});
        return models;
    }

    private static byte[] mutated(byte[] model, Random random) {
        byte[] datagram = model.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && datagram.length > 0; i++) {
            int at = random.nextInt(Math.min(datagram.length, 24));
            switch (random.nextInt(6)) {
                case 0 -> datagram[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> datagram[at] = (byte) random.nextInt(256);
                case 2 -> datagram = Arrays.copyOf(datagram, at);
                case 3 -> datagram = spliced(datagram, at, random);
                case 4 -> datagram[Math.min(datagram.length - 1, 1)] = (byte) random.nextInt(256);
                case 5 -> datagram = Arrays.copyOf(datagram, datagram.length + random.nextInt(1_200));
                default -> throw new AssertionError("six kinds");
            }
        }
        return datagram;
    }

    private static byte[] spliced(byte[] datagram, int at, Random random) {
        byte[] longer = new byte[datagram.length + 1 + random.nextInt(8)];
        random.nextBytes(longer);
        System.arraycopy(datagram, 0, longer, 0, at);
        System.arraycopy(datagram, at, longer, longer.length - (datagram.length - at), datagram.length - at);
        return longer;
    }

    @Test
    void whatTheLibraryThrowsWhileItReadsIsARefusal() {
        Random random = new Random(4_711);
        List<byte[]> models = models();
        CoapDatagramParser parser = new CoapDatagramParser(List.of(40_001));
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] datagram = mutated(models.get(random.nextInt(models.size())), random);
            try {
                parser.parseMessage(datagram);
                read++;
            } catch (MessageFormatException refused) {
                // what the endpoint answers or drops
            }
        }
        assertThat(read).isPositive();
    }
}
