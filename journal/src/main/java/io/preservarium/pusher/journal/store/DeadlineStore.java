package io.preservarium.pusher.journal.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What becomes due when, as one family of keys {@code <family> <millis, 8 bytes> <key>} in a store beside other families.
 * Until something is due a look costs a comparison, and never passes over the entries that were taken before.
 *
 * <p>For one thread, and the only one of its family over its store: it remembers the earliest deadline.
 */
public final class DeadlineStore {

    private static final byte[] NOTHING = new byte[0];

    /** Something that was due. */
    public record Due(Instant at, Bytes key) {}

    private final KeyValueStore<Bytes, byte[]> store;
    private final byte[] family;

    /** No entry is earlier than this. */
    private long earliest;

    /** {@code family} starts no other key of the store. */
    public DeadlineStore(KeyValueStore<Bytes, byte[]> store, byte[] family) {
        if (family.length == 0) {
            throw new IllegalArgumentException("the family must have at least one byte but had none");
        }
        this.store = store;
        this.family = family.clone();
    }

    /** The same key may have several deadlines; the same deadline twice is one. */
    public void set(Instant at, Bytes key) {
        long millis = millis(at);
        store.put(entry(millis, key.get()), NOTHING);
        earliest = Math.min(earliest, millis);
    }

    public void clear(Instant at, Bytes key) {
        store.delete(entry(millis(at), key.get()));
    }

    /** Takes out at most so many of those whose time has come, the earliest first. */
    public List<Due> takeDue(Instant now, int atMost) {
        long until = millis(now);
        if (until < earliest) {
            return List.of();
        }
        List<Bytes> entries = new ArrayList<>();
        long next = Long.MAX_VALUE;
        try (KeyValueIterator<Bytes, byte[]> range = store.range(entry(earliest, NOTHING), afterLast())) {
            while (range.hasNext()) {
                KeyValue<Bytes, byte[]> entry = range.next();
                long at = millisOf(entry.key);
                if (at > until || entries.size() == atMost) {
                    next = at;
                    break;
                }
                entries.add(entry.key);
            }
        }
        earliest = next;
        List<Due> due = new ArrayList<>(entries.size());
        for (Bytes entry : entries) {
            store.delete(entry);
            byte[] bytes = entry.get();
            due.add(new Due(
                    Instant.ofEpochMilli(millisOf(entry)),
                    Bytes.wrap(Arrays.copyOfRange(bytes, family.length + Long.BYTES, bytes.length))));
        }
        return due;
    }

    /** Before 1970 is 1970: bytes are ordered as unsigned numbers. */
    private static long millis(Instant at) {
        if (at.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return at.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE)) ? Long.MAX_VALUE : at.toEpochMilli();
    }

    private long millisOf(Bytes entry) {
        return ByteBuffer.wrap(entry.get()).getLong(family.length);
    }

    private Bytes entry(long millis, byte[] key) {
        return Bytes.wrap(ByteBuffer.allocate(family.length + Long.BYTES + key.length)
                .put(family)
                .putLong(millis)
                .put(key)
                .array());
    }

    /** Behind every entry of the family: the sign bit is never set in one. */
    private Bytes afterLast() {
        return entry(-1, NOTHING);
    }
}
