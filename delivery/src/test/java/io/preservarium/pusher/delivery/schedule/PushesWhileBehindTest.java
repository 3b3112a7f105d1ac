package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.delivery.TestRoute;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PushesWhileBehindTest {

    private final ScheduleFixture fixture = new ScheduleFixture(true, TestRoute.pushing(device -> {}));

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void fewWhileABacklogIsReadAndNoBoundOtherwise() {
        assertThat(fixture.schedule.mostPushes()).isEqualTo(Integer.MAX_VALUE);
        fixture.pace.behind("reader", 100_000);
        assertThat(fixture.schedule.mostPushes())
                .isBetween(1, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        fixture.pace.behind("reader", 0);
        assertThat(fixture.schedule.mostPushes()).isEqualTo(Integer.MAX_VALUE);
    }

    /** Otherwise nearly every command of a backlog would be written twice: it does not leave within its seconds. */
    @Test
    void whatIsReadBehindABacklogIsNotTakenForLeavingAtOnce() {
        assertThat(fixture.schedule.startsAtOnce()).isTrue();
        fixture.pace.behind("reader", 100_000);
        assertThat(fixture.schedule.startsAtOnce()).isFalse();
        fixture.pace.behind("reader", 0);
        assertThat(fixture.schedule.startsAtOnce()).isTrue();
    }
}
