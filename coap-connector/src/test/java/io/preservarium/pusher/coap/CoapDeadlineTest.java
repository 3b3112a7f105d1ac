package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.util.ClockUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is too late, or too large, costs no attempt. */
class CoapDeadlineTest {

    private final AtomicLong ahead = new AtomicLong();

    @AfterEach
    void theClockGoesOnAsItDoes() {
        ClockUtil.setRealtimeHandler(System::nanoTime);
    }

    private void readingTakes(CoapServer server, Duration time) {
        ClockUtil.setRealtimeHandler(() -> System.nanoTime() + ahead.get());
        server.parser.whileReading = () -> ahead.addAndGet(time.toNanos());
    }

    @Test
    void deliveryIsToldWhatIsLeftAndNotTheWholeSetting() {
        try (CoapServer server = CoapServer.start()) {
            readingTakes(server, Duration.ofSeconds(12));
            server.answerTo(RawDatagram.post("/m").payload("282c02424eed"));

            assertThat(server.delivery.asked.getFirst().within())
                    .isLessThanOrEqualTo(Duration.ofSeconds(18))
                    .isGreaterThan(Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"/m, 5.00", "/x/282c02424eed, 5.00"})
    void anUplinkThatWasReadTooLateIsNotHandedOver(String path, String code) {
        try (CoapServer server = CoapServer.start()) {
            readingTakes(server, Duration.ofSeconds(31));
            server.delivery.handsOut(Commands.offer(new byte[] {1}));

            assertThat(server.codeOf(RawDatagram.post(path).payload("282c02424eed")))
                    .isEqualTo(code);
            assertThat(server.delivery.asked).isEmpty();
            assertThat(server.delivery.sent).isEmpty();
        }
    }

    @Test
    void manyAnswersThatComeTooLateFreeTheirAttemptsAndNothingMoreIsSent() {
        try (CoapServer server = new CoapServer(TestConfig.impatient(Duration.ofMillis(20), Duration.ofMillis(100)))) {
            CompletableFuture<HandOut> later = server.delivery.handOutLater();
            for (int mid = 0; mid < 10; mid++) {
                server.device.send(
                        RawDatagram.post("/devices/a/up").mid(mid).payload("x").bytes());
            }
            List<ResponseCode> codes = new java.util.ArrayList<>();
            while (codes.size() < 10) {
                if (server.device.receiveMessage() instanceof Response response) {
                    server.device.send(RawDevice.acknowledgement(response));
                    codes.add(response.getCode());
                }
            }
            assertThat(codes).containsOnly(ResponseCode.SERVICE_UNAVAILABLE);
            assertThat(server.delivery.notSent).isEmpty();

            later.complete(Commands.offer(new byte[] {1}));

            assertThat(server.delivery.notSent).hasSize(10);
            assertThat(server.device.receivedBeforePong(99)).isEmpty();
            assertThat(server.delivery.sent).isEmpty();
        }
    }

    @Test
    void anUplinkThatNoRecordHoldsIsToldSoOnceAndNothingOfItStaysOpen() {
        try (LogWatch log = new LogWatch();
                CoapServer server = new CoapServer(TestConfig.narrow(1))) {
            server.delivery.handsOut(new HandOut.TooLarge("larger than a record may be"));

            assertThat(server.codeOf(RawDatagram.post("/devices/a/up").payload("x")))
                    .isEqualTo("4.13");
            assertThat(log.messages())
                    .filteredOn(m -> m.contains("larger than a record may be"))
                    .hasSize(1);
            counted(server, 1);
            assertThat(server.registry
                            .get("pusher.uplinks")
                            .tag("outcome", "too_large")
                            .timer()
                            .count())
                    .isEqualTo(1);
            server.delivery.handsOut(new HandOut.Nothing());
            assertThat(server.codeOf(RawDatagram.post("/devices/a/up").mid(8).payload("x")))
                    .isEqualTo("2.01");
        }
    }

    @Test
    void whateverBecomesOfAnUplinkNothingOfItStaysOpen() {
        try (CoapServer server = new CoapServer(TestConfig.narrow(1))) {
            int done = 0;
            for (String payload : List.of("broken", "nobody", "half:a", "a")) {
                server.answerTo(RawDatagram.post("/m").mid(done).payload(payload));
                counted(server, ++done);
                server.device.send(
                        RawDatagram.post("/m").non().mid(done).payload(payload).bytes());
                counted(server, ++done);
            }

            assertThat(server.codeOf(RawDatagram.post("/devices/b/up").mid(100).payload("x")))
                    .isEqualTo("2.01");
            assertThat(server.delivery.recorded)
                    .as("half twice, and one silent")
                    .hasSize(3);
        }
    }

    private static void counted(CoapServer server, int uplinks) {
        await().until(() -> server.registry.find("pusher.uplinks").timers().stream()
                        .mapToLong(Timer::count)
                        .sum()
                == uplinks);
    }
}
