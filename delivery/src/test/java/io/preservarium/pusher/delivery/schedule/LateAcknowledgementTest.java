package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kafka takes its time to acknowledge an attempt, and the device is no longer there to be answered. */
class LateAcknowledgementTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final ScheduleFixture fixture = new ScheduleFixture(false);

    @BeforeEach
    void accept() {
        fixture.book.accept("dev", "r1", 0);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void theAttemptIsFreeAtOnceAndTheDeviceGetsNoCommand() throws Exception {
        CompletableFuture<HandOut> answer = fixture.uplink("dev");
        await().atMost(SOON).until(() -> fixture.producer.history().size() == 2);
        fixture.nanos.addAndGet(ScheduleFixture.WITHIN.toNanos());
        acknowledge();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(HandOut.Nothing.class);
        await().atMost(SOON).until(() -> fixture.events().size() == 2);
        assertThat(fixture.events())
                .extracting(StatusEvent::state)
                .containsExactly(CommandState.SENDING, CommandState.QUEUED);
        assertThat(fixture.events().get(1).attempt()).isEqualTo(1);
        assertThat(fixture.events().get(1).message().orElseThrow()).contains("could no longer be answered");
    }

    @Test
    void inTimeTheDeviceGetsIt() throws Exception {
        CompletableFuture<HandOut> answer = fixture.uplink("dev");
        await().atMost(SOON).until(() -> fixture.producer.history().size() == 2);
        fixture.nanos.addAndGet(ScheduleFixture.WITHIN.toNanos() - 1);
        acknowledge();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(HandOut.Offer.class);
        assertThat(fixture.events()).extracting(StatusEvent::state).containsExactly(CommandState.SENDING);
    }

    private void acknowledge() {
        while (fixture.producer.completeNext()) {
            // The uplink and the attempt.
        }
    }
}
