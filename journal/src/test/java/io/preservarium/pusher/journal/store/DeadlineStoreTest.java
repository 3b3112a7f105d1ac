package io.preservarium.pusher.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines in a real RocksDB store, under the memory bound of the process. */
class DeadlineStoreTest {

    private static final byte[] FAMILY = {'d'};
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private CountingStore store;
    private WriteBehindStore rows;
    private DeadlineStore deadlines;

    /** Counts the scans. */
    private static final class CountingStore extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, Bytes, byte[]>
            implements KeyValueStore<Bytes, byte[]> {
        private int scans;

        private CountingStore(KeyValueStore<Bytes, byte[]> wrapped) {
            super(wrapped);
        }

        @Override
        public void put(Bytes key, byte[] value) {
            wrapped().put(key, value);
        }

        @Override
        public byte[] putIfAbsent(Bytes key, byte[] value) {
            return wrapped().putIfAbsent(key, value);
        }

        @Override
        public void putAll(List<org.apache.kafka.streams.KeyValue<Bytes, byte[]>> entries) {
            wrapped().putAll(entries);
        }

        @Override
        public byte[] delete(Bytes key) {
            return wrapped().delete(key);
        }

        @Override
        public byte[] get(Bytes key) {
            return wrapped().get(key);
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
            scans++;
            return wrapped().range(from, to);
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> all() {
            return wrapped().all();
        }

        @Override
        public long approximateNumEntries() {
            return wrapped().approximateNumEntries();
        }
    }

    @BeforeEach
    void open() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        settings.put(StoreMemory.MEBIBYTES, 16);
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>(
                settings, new org.apache.kafka.streams.processor.TaskId(0, 0), folder.toFile());
        KeyValueStore<Bytes, byte[]> rocks = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore("s"), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        rocks.init(context.getStateStoreContext(), rocks);
        store = new CountingStore(rocks);
        rows = new WriteBehindStore(store, WritePlan.TOGETHER, () -> {}, new AtomicInteger(), 1_000_000);
        deadlines = new DeadlineStore(rows, FAMILY);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void whatIsDueIsTakenOnceTheEarliestFirst() {
        deadlines.set(T.plusSeconds(2), key("b"));
        deadlines.set(T.plusSeconds(1), key("a"));
        deadlines.set(T.plusSeconds(3), key("c"));
        deadlines.set(T.plusSeconds(9), key("later"));

        assertThat(taken(T.plusSeconds(3), 2)).containsExactly("a", "b");
        assertThat(taken(T.plusSeconds(3), 2)).containsExactly("c");
        assertThat(taken(T.plusSeconds(3), 2)).isEmpty();
        assertThat(taken(T.plusSeconds(9), 2)).containsExactly("later");
        rows.flushCache();
        assertThat(store.approximateNumEntries()).isZero();
    }

    @Test
    void aLookCostsNoScanUntilSomethingIsDue() {
        deadlines.set(T.plusSeconds(10), key("a"));
        assertThat(taken(T, 10)).isEmpty();
        int before = store.scans;
        for (int second = 0; second < 10; second++) {
            assertThat(taken(T.plusSeconds(second), 10)).isEmpty();
        }
        assertThat(store.scans).isEqualTo(before);
        assertThat(taken(T.plusSeconds(10), 10)).containsExactly("a");
    }

    @Test
    void aDeadlineInThePastIsSeenThoughLaterOnesWereLookedAt() {
        deadlines.set(T.plusSeconds(10), key("later"));
        assertThat(taken(T, 10)).isEmpty();
        deadlines.set(T.minusSeconds(10), key("past"));
        assertThat(taken(T, 10)).containsExactly("past");
    }

    @Test
    void aClearedDeadlineIsNotDue() {
        deadlines.set(T, key("a"));
        deadlines.clear(T, key("a"));
        assertThat(taken(T.plusSeconds(1), 10)).isEmpty();
    }

    @Test
    void timesOutsideTheCalendarAreKept() {
        deadlines.set(Instant.MIN, key("long ago"));
        deadlines.set(Instant.MAX, key("never"));
        assertThat(taken(T, 10)).containsExactly("long ago");
        assertThat(taken(T, 10)).isEmpty();
    }

    @Test
    void otherFamiliesOfTheStoreAreLeftAlone() {
        store.put(key("c-before"), new byte[] {1});
        store.put(key("e-behind"), new byte[] {1});
        deadlines.set(T, key("a"));
        assertThat(taken(T, 10)).containsExactly("a");
        assertThat(store.get(key("c-before"))).isNotNull();
        assertThat(store.get(key("e-behind"))).isNotNull();
    }

    @Test
    void aNewProcessFindsWhatAnEarlierOneSet() {
        deadlines.set(T, key("a"));
        rows.flushCache();
        DeadlineStore later = new DeadlineStore(rows, FAMILY);
        assertThat(later.takeDue(T, 10)).containsExactly(new DeadlineStore.Due(T, key("a")));
    }

    private List<String> taken(Instant now, int atMost) {
        return deadlines.takeDue(now, atMost).stream()
                .map(due -> new String(due.key().get(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Bytes key(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
