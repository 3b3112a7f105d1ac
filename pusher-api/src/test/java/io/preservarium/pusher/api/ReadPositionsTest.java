package io.preservarium.pusher.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadPositionsTest {

    private static final TopicPartition P = new TopicPartition("commands", 0);
    private final ReadPositions positions = new ReadPositions();

    @Test
    void fetchedIsNotReadUntilItIsStored() {
        positions.fetched("a", P, 10, 9);
        assertThat(reached(10)).isFalse();
        positions.stored(P, 8);
        assertThat(reached(9)).isTrue();
        assertThat(reached(10)).isFalse();
        positions.stored(P, 9);
        assertThat(reached(10)).isTrue();
    }

    @Test
    void anEndOfTransactionMarkersIsReachedByThePosition() {
        positions.fetched("a", P, 10, 8);
        positions.stored(P, 8);
        assertThat(reached(10)).isTrue();
    }

    @Test
    void anEmptyPartitionIsReadAtOnce() {
        positions.fetched("a", P, 100, -1);
        assertThat(reached(100)).isTrue();
    }

    @Test
    void aPartitionThatWasTakenAwayIsNotReached() {
        positions.fetched("a", P, 100, -1);
        positions.assigned("a", Set.of());
        assertThat(reached(0)).isFalse();
    }

    @Test
    void theReaderBeforeDoesNotTakeAwayWhatTheNextOneHas() {
        positions.fetched("a", P, 100, -1);
        positions.fetched("b", P, 50, -1);
        positions.assigned("a", Set.of());
        assertThat(reached(50)).isTrue();
        assertThat(reached(51)).isFalse();
    }

    @Test
    void waitingEndsWithTheRecordThatWasWaitedFor() throws Exception {
        positions.fetched("a", P, 10, 9);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return positions.await(Map.of(P, 10L), Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                return false;
            }
        });
        positions.stored(P, 9);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(positions.await(Map.of(P, 11L), Duration.ofMillis(5))).isFalse();
    }

    private boolean reached(long offset) {
        return positions.reached(Map.of(P, offset));
    }
}
