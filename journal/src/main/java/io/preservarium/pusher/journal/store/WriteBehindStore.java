package io.preservarium.pusher.journal.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.apache.kafka.streams.state.internals.StateStoreProvider;

/**
 * Rows as objects, over a Kafka Streams store of their bytes. What was written since the last commit is kept in memory:
 * a row that comes and goes in between is never encoded and reaches neither disk nor changelog. Streams commits the
 * positions of its topics only after everything was written out, so a crash costs reading again and loses nothing.
 *
 * <p>One thread writes. Any thread reads, also while rows are being written out; nothing ever waits for that.
 */
public final class WriteBehindStore implements StateStore, CachedStateStore<Bytes, byte[]> {

    /** From a row to its bytes and back. */
    public interface Codec<T> {
        byte[] write(T row);

        T read(byte[] bytes);

        static <T> Codec<T> of(Function<T, byte[]> writing, Function<byte[], T> reading) {
            return new Codec<>() {
                @Override
                public byte[] write(T row) {
                    return writing.apply(row);
                }

                @Override
                public T read(byte[] bytes) {
                    return reading.apply(bytes);
                }
            };
        }
    }

    /** A row and its key. */
    public record Entry<T>(Bytes key, T row) {}

    private sealed interface Recent {
        /**
         * @param mayBeBelow whether the store below may have the key, so that deleting it must be written out
         * @param writtenOut the number of the commit that wrote it out, 0 before
         */
        record Written<T>(T row, Codec<T> codec, boolean mayBeBelow, int writtenOut) implements Recent {
            byte[] bytes() {
                return codec.write(row);
            }

            Written<T> at(int commit) {
                return new Written<>(row, codec, true, commit);
            }
        }

        record Deleted() implements Recent {}
    }

    /** Commits after which a row that nobody changed leaves the memory. */
    private static final int STAYS_FOR = 10;

    /** As many stores may each have this part of the bound beyond it, so that none writes out at every step. */
    private static final int SHARES = 64;

    private static final Recent DELETED = new Recent.Deleted();

    /** As keys compare themselves, but several bytes at once: they have much in common at their beginning. */
    private static final Comparator<Bytes> IN_ORDER = (one, other) -> Arrays.compareUnsigned(one.get(), other.get());

    private final KeyValueStore<Bytes, byte[]> below;
    private final WritePlan plan;
    private final Runnable beforeWritingOut;
    private final int mostInMemory;
    private final ConcurrentNavigableMap<Bytes, Recent> recent = new ConcurrentSkipListMap<>(IN_ORDER);
    private final NothingBelow nothingBelow = new NothingBelow();
    /** Of {@link #recent}, whose own size would have to be counted. */
    private final AtomicInteger inMemory;

    private int own;
    private int commits;
    /** Rows of {@link #recent} that were not written out. */
    private int dirty;

    /**
     * @param beforeWritingOut runs before anything is written out; throws TaskMigratedException where somebody else may
     *     write by now
     * @param inMemory rows in memory of all stores that share the bound
     * @param mostInMemory rows beyond which {@link #stepDone} writes out before the commit
     */
    public WriteBehindStore(
            KeyValueStore<Bytes, byte[]> below,
            WritePlan plan,
            Runnable beforeWritingOut,
            AtomicInteger inMemory,
            int mostInMemory) {
        this.below = below;
        this.beforeWritingOut = beforeWritingOut;
        this.plan = plan;
        this.inMemory = inMemory;
        this.mostInMemory = mostInMemory;
    }

    // --- reading ----------------------------------------------------------------------------------------------------

    /** The codec must be the one of the key's family. */
    @SuppressWarnings("unchecked") // a family of keys has one codec
    public <T> Optional<T> get(Bytes key, Codec<T> codec) {
        return switch (recent.get(key)) {
            case Recent.Written<?> written -> Optional.of((T) written.row());
            case Recent.Deleted ignored -> Optional.empty();
            case null -> Optional.ofNullable(below.get(key)).map(codec::read);
        };
    }

    /** Whether the key was written out once, whatever became of it since. */
    public boolean isBelow(Bytes key) {
        return below.get(key) != null;
    }

    /** False when the key is known never to have been written out; costs no look at the store below. */
    public boolean mayBeBelow(Bytes key) {
        return !(recent.get(key) instanceof Recent.Written<?> written) || written.mayBeBelow();
    }

    /** The first {@code limit} rows from {@code from} to before {@code to}, all of one family. */
    @SuppressWarnings("unchecked") // a family of keys has one codec
    public <T> List<Entry<T>> entries(Bytes from, Bytes to, int limit, Codec<T> codec) {
        List<Entry<T>> found = new ArrayList<>();
        merge(
                from,
                to,
                limit,
                (key, written) -> found.add(new Entry<>(key, (T) written.row())),
                (key, bytes) -> found.add(new Entry<>(key, codec.read(bytes))));
        return found;
    }

    /** Their keys. */
    public List<Bytes> keys(Bytes from, Bytes to, int limit) {
        List<Bytes> found = new ArrayList<>();
        merge(from, to, limit, (key, written) -> found.add(key), (key, bytes) -> found.add(key));
        return found;
    }

    private interface FromMemory {
        void take(Bytes key, Recent.Written<?> written);
    }

    private interface FromBelow {
        void take(Bytes key, byte[] bytes);
    }

    /** Memory first: what is written out while this runs is found either there or below, and taken once. */
    private void merge(Bytes from, Bytes to, int limit, FromMemory memory, FromBelow other) {
        long asOf = nothingBelow.version();
        List<Map.Entry<Bytes, Recent>> upper = upper(from, to, limit);
        int left = limit;
        Iterator<Map.Entry<Bytes, Recent>> over = upper.iterator();
        Optional<Map.Entry<Bytes, Recent>> next = nextOf(over);
        if (!nothingBelow.isKnownFrom(from)) {
            try (KeyValueIterator<Bytes, byte[]> under = below.range(from, to)) {
                if (isFamilyEnd(from, to) && !under.hasNext()) {
                    nothingBelow.from(from, asOf);
                }
                while (left > 0 && under.hasNext()) {
                    Bytes key = under.peekNextKey();
                    if (key.compareTo(to) >= 0) {
                        break;
                    }
                    while (left > 0 && next.isPresent() && next.get().getKey().compareTo(key) < 0) {
                        left -= take(next.get(), memory);
                        next = nextOf(over);
                    }
                    if (left == 0) {
                        break;
                    }
                    KeyValue<Bytes, byte[]> row = under.next();
                    if (next.isPresent() && next.get().getKey().equals(key)) {
                        left -= take(next.get(), memory);
                        next = nextOf(over);
                    } else {
                        other.take(key, row.value);
                        left--;
                    }
                }
            }
        }
        while (left > 0 && next.isPresent()) {
            left -= take(next.get(), memory);
            next = nextOf(over);
        }
    }

    private static boolean isFamilyEnd(Bytes from, Bytes to) {
        return to.get().length == 1 && to.get()[0] == from.get()[0] + 1;
    }

    private List<Map.Entry<Bytes, Recent>> upper(Bytes from, Bytes to, int limit) {
        List<Map.Entry<Bytes, Recent>> upper = new ArrayList<>();
        int written = 0;
        for (Map.Entry<Bytes, Recent> entry : recent.subMap(from, to).entrySet()) {
            upper.add(entry);
            written += entry.getValue() instanceof Recent.Written<?> ? 1 : 0;
            if (written == limit) {
                break;
            }
        }
        return upper;
    }

    private static Optional<Map.Entry<Bytes, Recent>> nextOf(Iterator<Map.Entry<Bytes, Recent>> entries) {
        return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
    }

    private static int take(Map.Entry<Bytes, Recent> entry, FromMemory memory) {
        return switch (entry.getValue()) {
            case Recent.Written<?> written -> {
                memory.take(entry.getKey(), written);
                yield 1;
            }
            case Recent.Deleted ignored -> 0;
        };
    }

    // --- writing ----------------------------------------------------------------------------------------------------

    public <T> void put(Bytes key, T row, Codec<T> codec) {
        put(key, row, codec, true);
    }

    /** The same for a key that the store below is known not to have: should it be deleted soon, nothing is left to write. */
    public <T> void putNew(Bytes key, T row, Codec<T> codec) {
        put(key, row, codec, false);
    }

    private <T> void put(Bytes key, T row, Codec<T> codec, boolean mayBeBelow) {
        boolean below =
                switch (recent.get(key)) {
                    case Recent.Written<?> written -> written.mayBeBelow();
                    case Recent.Deleted ignored -> true;
                    case null -> mayBeBelow;
                };
        keep(key, new Recent.Written<>(row, codec, below, 0));
    }

    public void delete(Bytes key) {
        if (recent.get(key) instanceof Recent.Written<?> written && !written.mayBeBelow()) {
            recent.remove(key);
            dirty--;
            count(-1);
        } else {
            keep(key, DELETED);
        }
    }

    /** The same for a key that is seldom there; {@code mayBeBelow} false spares looking for it below. */
    public void deleteIfThere(Bytes key, boolean mayBeBelow) {
        if (recent.get(key) instanceof Recent.Written<?> || mayBeBelow && isBelow(key)) {
            delete(key);
        }
    }

    private void keep(Bytes key, Recent row) {
        Recent before = recent.put(key, row);
        if (before == null) {
            count(1);
        }
        if (before == null || before instanceof Recent.Written<?> written && written.writtenOut() > 0) {
            dirty++;
        }
    }

    private void count(int more) {
        own += more;
        inMemory.addAndGet(more);
    }

    /**
     * Between two steps that belong together each: writes out when there is too much in memory, and enough of it is to be
     * written here; what others have in memory is written out by them.
     */
    public void stepDone() {
        if (inMemory.get() > mostInMemory && dirty > mostInMemory / SHARES) {
            flushCache();
        }
    }

    /** To be called by who takes the store over: another process may have written what is below. */
    public void takenOver() {
        nothingBelow.forget();
    }

    /** Called by Kafka Streams before it commits. While there is room, rows that are read soon stay for some commits. */
    @Override
    public void flushCache() {
        if (own == 0) {
            return;
        }
        if (dirty > 0) {
            beforeWritingOut.run();
        }
        commits++;
        boolean isRoom = inMemory.get() <= mostInMemory / 2;
        List<List<KeyValue<Bytes, byte[]>>> batches = new ArrayList<>(plan.phases());
        for (int each = 0; each < plan.phases(); each++) {
            batches.add(new ArrayList<>());
        }
        List<Bytes> leave = new ArrayList<>();
        List<Entry<Recent.Written<?>>> stay = new ArrayList<>();
        recent.forEach((key, row) -> {
            switch (row) {
                case Recent.Written<?> written
                when written.writtenOut() == 0 -> {
                    batches.get(plan.phase(key, Optional.of(written.row()))).add(KeyValue.pair(key, written.bytes()));
                    if (isRoom && plan.isReadSoon(key, written.row())) {
                        stay.add(new Entry<>(key, written));
                    } else {
                        leave.add(key);
                    }
                }
                case Recent.Written<?> written -> {
                    if (commits - written.writtenOut() >= STAYS_FOR) {
                        leave.add(key);
                    }
                }
                case Recent.Deleted ignored -> {
                    batches.get(plan.phase(key, Optional.empty())).add(KeyValue.pair(key, null));
                    leave.add(key);
                }
            }
        });
        nothingBelow.begin();
        batches.stream()
                .flatMap(List::stream)
                .filter(row -> row.value != null)
                .forEach(row -> nothingBelow.writes(row.key));
        batches.stream().filter(batch -> !batch.isEmpty()).forEach(below::putAll);
        nothingBelow.end();
        leave.forEach(recent::remove);
        stay.forEach(entry -> recent.put(entry.key(), entry.row().at(commits)));
        count(-leave.size());
        dirty = 0;
    }

    @Override
    public void clearCache() {
        recent.clear();
        count(-own);
        dirty = 0;
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
        return false;
    }

    // --- a store of Kafka Streams -----------------------------------------------------------------------------------

    @Override
    public String name() {
        return below.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        below.init(context, root);
    }

    @Override
    public void flush() {
        flushCache();
        below.flush();
    }

    @Override
    public void close() {
        clearCache();
        below.close();
    }

    @Override
    public boolean persistent() {
        return below.persistent();
    }

    @Override
    public boolean isOpen() {
        return below.isOpen();
    }

    /** How a question reaches the store of a partition, through {@code KafkaStreams.store}. */
    public static final class Queried implements QueryableStoreType<WriteBehindStore> {

        @Override
        public boolean accepts(StateStore store) {
            return store instanceof WriteBehindStore;
        }

        @Override
        public WriteBehindStore create(StateStoreProvider stores, String name) {
            return stores.stores(name, this).stream()
                    .findFirst()
                    .orElseThrow(() -> new InvalidStateStoreException("no store " + name + " of that partition"));
        }
    }

    /** How Kafka Streams makes one for each partition. */
    public static StoreBuilder<WriteBehindStore> builder(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> below,
            WritePlan plan,
            Runnable beforeWritingOut,
            int mostInMemory) {
        AtomicInteger inMemory = new AtomicInteger();
        return new Builder(below, plan, beforeWritingOut, inMemory, mostInMemory);
    }

    private record Builder(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> below,
            WritePlan plan,
            Runnable beforeWritingOut,
            AtomicInteger inMemory,
            int mostInMemory)
            implements StoreBuilder<WriteBehindStore> {

        @Override
        public WriteBehindStore build() {
            return new WriteBehindStore(below.build(), plan, beforeWritingOut, inMemory, mostInMemory);
        }

        @Override
        public StoreBuilder<WriteBehindStore> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<WriteBehindStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<WriteBehindStore> withLoggingEnabled(Map<String, String> config) {
            below.withLoggingEnabled(config);
            return this;
        }

        @Override
        public StoreBuilder<WriteBehindStore> withLoggingDisabled() {
            below.withLoggingDisabled();
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return below.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return below.loggingEnabled();
        }

        @Override
        public String name() {
            return below.name();
        }
    }
}
