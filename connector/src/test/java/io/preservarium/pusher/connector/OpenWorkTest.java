package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OpenWorkTest {

    private final OpenWork work = new OpenWork();

    @Test
    void waitingEndsWithTheLastOne() throws Exception {
        work.begin();
        work.begin();
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                result.complete(work.awaitNone(Duration.ofMinutes(1)));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        work.end();
        assertThat(result).isNotDone();
        work.end();
        assertThat(result.get()).isTrue();
    }

    @Test
    void waitingEndsWithTheLimit() throws Exception {
        assertThat(work.awaitNone(Duration.ZERO)).isTrue();
        work.begin();
        assertThat(work.awaitNone(Duration.ofMillis(5))).isFalse();
        assertThat(work.count()).isEqualTo(1);
    }

    @Test
    void nothingEndsTwice() {
        work.begin();
        work.end();
        assertThatThrownBy(work::end).isInstanceOf(IllegalStateException.class);
    }
}
