package io.preservarium.pusher.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import io.preservarium.pusher.journal.store.WriteBehindStore.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBehindStoreTest {

    private static final int KEYS = 30;

    private final List<String> encoded = new ArrayList<>();
    private final Codec<String> text = Codec.of(
            row -> {
                encoded.add(row);
                return row.getBytes(StandardCharsets.UTF_8);
            },
            bytes -> new String(bytes, StandardCharsets.UTF_8));
    private static final Bytes AFTER_ALL = Bytes.wrap("l".getBytes(StandardCharsets.UTF_8));

    private final AtomicInteger inMemory = new AtomicInteger();
    private volatile Runnable mayWrite = () -> {};
    private KeyValueStore<Bytes, byte[]> below;
    private WriteBehindStore store;

    @BeforeEach
    void open(@TempDir Path folder) {
        open(Stores.inMemoryKeyValueStore("rows"), folder);
    }

    private void open(KeyValueBytesStoreSupplier kind, Path folder) {
        below = Stores.keyValueStoreBuilder(kind, Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store = new WriteBehindStore(below, new DeletionsLast(), () -> mayWrite.run(), inMemory, 100);
        MockProcessorContext<byte[], byte[]> context =
                new MockProcessorContext<>(new Properties(), new TaskId(0, 0), folder.toFile());
        store.init(context.getStateStoreContext(), store);
    }

    @Test
    void readsAsIfEverythingWereInOnePlace() {
        Random random = new Random(7);
        TreeMap<Bytes, String> model = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            Bytes key = key(random.nextInt(KEYS));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    String row = "row " + step;
                    if (model.containsKey(key) || store.isBelow(key)) {
                        store.put(key, row, text);
                    } else {
                        store.putNew(key, row, text);
                    }
                    model.put(key, row);
                }
                case 3, 4 -> {
                    store.delete(key);
                    model.remove(key);
                }
                case 5 -> {
                    store.deleteIfThere(key, true);
                    model.remove(key);
                }
                case 6 -> {
                    if (random.nextInt(20) == 0) {
                        store.flushCache();
                    }
                }
                default -> {
                    Bytes to = random.nextBoolean() ? key(random.nextInt(KEYS)) : AFTER_ALL;
                    int limit = 1 + random.nextInt(KEYS);
                    if (key.compareTo(to) < 0) {
                        List<Entry<String>> expected = model.subMap(key, to).entrySet().stream()
                                .limit(limit)
                                .map(row -> new Entry<>(row.getKey(), row.getValue()))
                                .toList();
                        assertThat(store.entries(key, to, limit, text)).isEqualTo(expected);
                        assertThat(store.keys(key, to, limit))
                                .isEqualTo(expected.stream().map(Entry::key).toList());
                    }
                }
            }
            assertThat(store.get(key, text)).isEqualTo(Optional.ofNullable(model.get(key)));
        }
        store.flushCache();
        assertThat(belowKeys()).containsExactlyElementsOf(model.keySet());
        assertThat(inMemory.get()).isLessThanOrEqualTo(model.size());
    }

    @Test
    void aRowThatComesAndGoesBetweenTwoCommitsIsNeverWritten() {
        store.putNew(key(1), "comes", text);
        store.put(key(1), "changes", text);
        store.delete(key(1));
        store.flushCache();
        assertThat(encoded).isEmpty();
        assertThat(belowKeys()).isEmpty();
        assertThat(inMemory).hasValue(0);
    }

    @Test
    void aRowThatMayBeBelowIsDeletedThere() {
        store.put(key(1), "stays", text);
        store.flushCache();
        store.put(key(1), "changes", text);
        store.delete(key(1));
        store.flushCache();
        assertThat(belowKeys()).isEmpty();
    }

    @Test
    void aRowThatCameBackAfterItsDeletionIsDeletedBelow() {
        store.put(key(1), "stays", text);
        store.flushCache();
        store.delete(key(1));
        store.putNew(key(1), "again", text);
        store.delete(key(1));
        store.flushCache();
        assertThat(belowKeys()).isEmpty();
    }

    @Test
    void tooManyRowsAreWrittenOutBeforeTheCommitButNotWithinAStep() {
        for (int i = 0; i <= 100; i++) {
            store.put(key(i), "row", text);
            assertThat(belowKeys()).isEmpty();
        }
        store.stepDone();
        assertThat(belowKeys()).hasSize(101);
        assertThat(inMemory).hasValue(0);
    }

    /** Else each step of one store would write out while the others hold the memory. */
    @Test
    void whatOthersHaveInMemoryMakesNoStoreWriteOutAtEveryStep() {
        inMemory.set(1_000);
        store.put(key(1), "row", text);
        store.stepDone();
        assertThat(belowKeys()).isEmpty();
        store.put(key(2), "row", text);
        store.stepDone();
        assertThat(belowKeys()).hasSize(2);
    }

    @Test
    void aRowThatWasWrittenOutStaysForWhoReadsItSoonAndLeavesAfterSomeCommits() {
        store.put(key(1), "row", text);
        store.flushCache();
        assertThat(inMemory).hasValue(1);
        below.delete(key(1));
        assertThat(store.get(key(1), text)).contains("row");
        for (int commit = 0; commit < 10; commit++) {
            store.flushCache();
        }
        assertThat(inMemory).hasValue(0);
        assertThat(encoded).containsExactly("row");
    }

    @Test
    void aRowThatNobodyReadsSoonLeavesTheMemoryOnceItIsWrittenOut() {
        store.put(key(1), "seldom read", text);
        store.put(key(2), "row", text);
        store.flushCache();
        assertThat(inMemory).hasValue(1);
        assertThat(store.get(key(1), text)).contains("seldom read");
    }

    @Test
    void whatWasWrittenOutIsFoundBehindAPlaceWhereNothingWasBefore(@TempDir Path folder) throws Exception {
        store.close();
        open(Stores.persistentKeyValueStore("rows"), folder);
        AtomicInteger written = new AtomicInteger(-1);
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            Future<?> writing = writer.submit(() -> {
                for (int row = 0; row < 5_000; row++) {
                    store.putNew(longKey(row), "row", text);
                    written.set(row);
                    if (row % 3 == 0) {
                        store.flushCache();
                    }
                    if (row >= 50) {
                        store.delete(longKey(row - 50));
                    }
                }
            });
            while (!writing.isDone()) {
                int from = Math.max(0, written.get() + 1);
                store.keys(longKey(from), AFTER_ALL, 100);
                int until = written.get();
                List<Bytes> found = store.keys(longKey(from), AFTER_ALL, 100);
                if (written.get() < from + 40) {
                    for (int row = from; row <= until; row++) {
                        assertThat(found).contains(longKey(row));
                    }
                }
            }
            writing.get();
        }
    }

    @Test
    void whatAnotherProcessWroteIsFoundAfterATakeover() {
        assertThat(store.keys(key(0), AFTER_ALL, 10)).isEmpty();
        below.put(key(5), "row".getBytes(StandardCharsets.UTF_8));
        store.takenOver();
        assertThat(store.keys(key(0), AFTER_ALL, 10)).containsExactly(key(5));
    }

    @Test
    void nothingIsWrittenOutByWhoMayNotWriteAnyMore() {
        store.put(key(1), "row", text);
        mayWrite = () -> {
            throw new TaskMigratedException("somebody else writes");
        };
        assertThatThrownBy(store::flushCache).isInstanceOf(TaskMigratedException.class);
        assertThat(belowKeys()).isEmpty();
        store.clearCache();
        assertThat(inMemory).hasValue(0);
    }

    private static final class DeletionsLast implements WritePlan {
        @Override
        public int phases() {
            return 2;
        }

        @Override
        public int phase(Bytes key, Optional<Object> row) {
            return row.isPresent() ? 0 : 1;
        }

        @Override
        public boolean isReadSoon(Bytes key, Object row) {
            return !row.equals("seldom read");
        }
    }

    private List<Bytes> belowKeys() {
        List<Bytes> keys = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = below.all()) {
            all.forEachRemaining(row -> keys.add(row.key));
        }
        return keys;
    }

    private static Bytes longKey(int number) {
        return Bytes.wrap("key %06d".formatted(number).getBytes(StandardCharsets.UTF_8));
    }

    private static Bytes key(int number) {
        return Bytes.wrap("key %03d".formatted(number).getBytes(StandardCharsets.UTF_8));
    }
}
