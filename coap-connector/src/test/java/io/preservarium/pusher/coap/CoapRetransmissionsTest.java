package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.elements.util.ClockUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long, and how much, is kept of answers. */
class CoapRetransmissionsTest {

    private final AtomicLong ahead = new AtomicLong();

    @AfterEach
    void theClockGoesOnAsItDoes() {
        ClockUtil.setRealtimeHandler(System::nanoTime);
    }

    private void clockCanBeSetAhead() {
        ClockUtil.setRealtimeHandler(() -> System.nanoTime() + ahead.get());
    }

    @Test
    void anAnswerIsKeptForTheLifeOfItsExchangeAndNotLonger() {
        clockCanBeSetAhead();
        try (CoapServer server = CoapServer.start()) {
            byte[] uplink = RawDatagram.post("/devices/a/up").payload("x").bytes();
            server.device.send(uplink);
            byte[] first = server.device.receive();

            ahead.set(TimeUnit.SECONDS.toNanos(240));
            server.device.send(uplink);
            assertThat(server.device.receive()).isEqualTo(first);
            assertThat(server.delivery.asked).hasSize(1);

            ahead.set(TimeUnit.SECONDS.toNanos(248));
            server.device.send(uplink);
            server.device.receive();
            assertThat(server.delivery.asked).hasSize(2);
        }
    }

    @Test
    void whatIsOverIsForgottenStepByStep() {
        clockCanBeSetAhead();
        try (CoapServer server = CoapServer.start()) {
            for (int mid = 0; mid < 200; mid++) {
                server.answerTo(RawDatagram.post("/t").mid(mid));
            }
            assertThat(kept(server)).isEqualTo(200);
            ahead.set(TimeUnit.SECONDS.toNanos(248));
            for (int mid = 200; mid < 300; mid++) {
                server.answerTo(RawDatagram.post("/t").mid(mid));
            }
            assertThat(kept(server)).isEqualTo(100);
            assertThat(forgotten(server)).isZero();
        }
    }

    @Test
    void memoryIsBoundedAndTheOldestGoFirst() {
        try (CoapServer server = CoapServer.start()) {
            byte[] old = RawDatagram.post("/devices/old/up").payload("x").bytes();
            server.device.send(old);
            server.device.receive();
            int others = 0;
            while (forgotten(server) < 100 && others < 20_000) {
                server.answerTo(RawDatagram.post("/t").mid(others % 65_536).token(String.format("%08x", others)));
                others++;
            }
            byte[] fresh = RawDatagram.post("/devices/fresh/up").payload("x").bytes();
            server.device.send(fresh);
            byte[] answer = server.device.receive();

            assertThat(kept(server)).as("in one MiB").isBetween(8_000.0, 14_000.0);
            server.device.send(fresh);
            assertThat(server.device.receive()).isEqualTo(answer);
            assertThat(server.delivery.asked).hasSize(2);
            server.device.send(old);
            server.device.receive();
            assertThat(server.delivery.asked).as("as if it were new").hasSize(3);
        }
    }

    @Test
    void exchangesWithoutAnAnswerDoNotHoldMemoryEither() {
        try (CoapServer server = CoapServer.start()) {
            for (int mid = 0; mid < 1_000; mid++) {
                server.device.send(RawDatagram.post("/devices/a/up")
                        .non()
                        .mid(mid)
                        .payload("x")
                        .bytes());
                if (mid % 50 == 49) {
                    int recorded = mid + 1;
                    await().until(() -> server.delivery.recorded.size() == recorded);
                }
            }
            for (int mid = 1_000; mid < 1_050; mid++) {
                server.answerTo(RawDatagram.post("/t").mid(mid));
            }
            assertThat(kept(server)).as("an exchange that is open counts 4 KiB").isEqualTo(1_050);
            assertThat(forgotten(server)).isZero();
        }
    }

    private static double kept(CoapServer server) {
        return server.registry.get("pusher.coap.answers.kept").gauge().value();
    }

    private static double forgotten(CoapServer server) {
        return server.registry
                .get("pusher.coap.answers.forgotten")
                .functionCounter()
                .count();
    }
}
