package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device takes its commands one after the other, faster than the book reads back what became of them. */
class LastCommandTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final ScheduleFixture fixture = new ScheduleFixture(true);
    private final MemoryBook book = fixture.book;

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void theOneThatIsLeftIsNotLookedFor() throws Exception {
        book.accept("dev", "r1", 3);
        assertThat(takes()).isEqualTo("r1");
        book.accept("dev", "r2", 7);
        assertThat(takes()).isEqualTo("r2");
        assertThat(book.looks()).isZero();
    }

    @Test
    void anOlderOneGoesFirstThoughTheBookReadTheEndOfTheOneBefore() throws Exception {
        book.accept("dev", "r1", 3);
        book.accept("dev", "r2", 7);
        book.accept("dev", "r3", 9);
        assertThat(takes()).isEqualTo("r1");
        book.readBackEnd(3);
        assertThat(takes()).isEqualTo("r2");
        assertThat(takes()).isEqualTo("r3");
    }

    /** Ten unread ends were once ten questions for each command. */
    @Test
    void thoseThatHaveEndedAreNotAskedAboutWhileManyAreLeft() throws Exception {
        for (int n = 0; n < 30; n++) {
            book.accept("dev", "r" + n, 3 + n);
        }
        takes();
        int before = book.questions();
        takes();
        int forTheSecond = book.questions() - before;
        for (int n = 0; n < 8; n++) {
            takes();
        }
        before = book.questions();
        takes();
        assertThat(book.questions() - before).isLessThanOrEqualTo(forTheSecond);
    }

    /** The id of the command that the device is told, of which the evidence is then in Kafka. */
    private String takes() throws Exception {
        HandOut handOut = fixture.uplink("dev").get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(handOut).isInstanceOf(HandOut.Offer.class);
        HandOut.Offer offer = (HandOut.Offer) handOut;
        String id = offer.command().requestId().value();
        fixture.schedule.sent(offer, Map.of(), Optional.empty());
        await().atMost(SOON).until(() -> fixture.events().stream()
                .anyMatch(event -> event.requestId().value().equals(id) && event.state() == CommandState.SENT));
        return id;
    }
}
