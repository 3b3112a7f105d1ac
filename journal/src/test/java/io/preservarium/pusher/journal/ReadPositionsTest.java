package io.preservarium.pusher.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadPositionsTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final ReadPositions positions = new ReadPositions();

    @Test
    void aFetchedRecordCountsWhenItIsStored() {
        positions.fetched("reader", PARTITION, 10, 9);
        assertThat(positions.reached(Map.of(PARTITION, 10L))).isFalse();
        positions.stored(PARTITION, 8);
        assertThat(positions.reached(Map.of(PARTITION, 9L))).isTrue();
        assertThat(positions.reached(Map.of(PARTITION, 10L))).isFalse();
        positions.stored(PARTITION, 9);
        assertThat(positions.reached(Map.of(PARTITION, 10L))).isTrue();
    }

    @Test
    void markersBehindTheLastRecordCountAsRead() {
        positions.fetched("reader", PARTITION, 10, 7);
        positions.stored(PARTITION, 7);
        assertThat(positions.reached(Map.of(PARTITION, 10L))).isTrue();
    }

    @Test
    void whatIsNotReadHereIsNotReached() throws Exception {
        assertThat(positions.await(Map.of(PARTITION, 0L), Duration.ZERO)).isFalse();
        positions.fetched("reader", PARTITION, 10, -1);
        positions.assigned("reader", Set.of());
        assertThat(positions.await(Map.of(PARTITION, 1L), Duration.ZERO)).isFalse();
    }

    @Test
    void anotherReaderStartsAnew() {
        positions.fetched("reader", PARTITION, 10, 9);
        positions.stored(PARTITION, 9);
        positions.fetched("another", PARTITION, 5, 4);
        assertThat(positions.reached(Map.of(PARTITION, 5L))).isFalse();
    }

    @Test
    void aPartitionThatWasGivenUpAndCameBackStartsAnew() {
        positions.fetched("reader", PARTITION, 101, 100);
        positions.stored(PARTITION, 100);
        positions.forget("another", Set.of(PARTITION));
        assertThat(positions.reached(Map.of(PARTITION, 101L))).isTrue();

        positions.forget("reader", Set.of(PARTITION));
        positions.fetched("reader", PARTITION, 101, 100);
        assertThat(positions.reached(Map.of(PARTITION, 101L))).isFalse();
    }

    @Test
    void aReaderThatIsSentBackStartsAnew() {
        positions.fetched("reader", PARTITION, 101, 100);
        positions.stored(PARTITION, 100);
        positions.fetched("reader", PARTITION, 91, 90);
        assertThat(positions.reached(Map.of(PARTITION, 91L))).isFalse();
    }
}
