package io.preservarium.pusher.delivery.schedule;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands of many devices are to be formatted beforehand, with a script that takes its time. */
class FirstChecksTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int COMMANDS = 8;

    private final ScheduleFixture fixture = new ScheduleFixture(true);
    private final CompletableFuture<Void> formatting = fixture.parser.takesTime();

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void begin() {
        for (int n = 0; n < COMMANDS; n++) {
            fixture.book.accept("dev-" + n, "r" + n, n);
        }
        fixture.schedule.unchecked(0);
    }

    @Test
    void manyAreFormattedAtOnce() {
        begin();
        await().atMost(SOON).until(() -> asked() == COMMANDS);
    }

    @Test
    void whileABacklogIsReadOneIsAndThenTheRest() {
        fixture.pace.behind("reader", 100_000);
        begin();
        await().during(Duration.ofMillis(500)).atMost(SOON).until(() -> asked() == 1);
        fixture.pace.behind("reader", 0);
        formatting.complete(null);
        await().atMost(SOON).until(() -> asked() == COMMANDS);
        await().atMost(SOON).until(() -> fixture.events().size() == COMMANDS);
    }

    private int asked() {
        return fixture.parser.asked("echo.py");
    }
}
