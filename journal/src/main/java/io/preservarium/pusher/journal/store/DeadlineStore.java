package io.preservarium.pusher.journal.store;

import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;

/**
 * What becomes due when, as one family of keys {@code <family> <millis, 8 bytes> <key>} in a store beside other families.
 * Until something is due a look costs a comparison, and never passes over the entries that were taken before.
 *
 * <p>For one thread, and the only one of its family over its store: it remembers the earliest deadline.
 */
public final class DeadlineStore {

    private static final byte[] NOTHING = new byte[0];
    private static final Codec<Boolean> MARK = Codec.of(ignored -> NOTHING, ignored -> true);

    /** Something that was due. */
    public record Due(Instant at, Bytes key) {}

    private final WriteBehindStore store;
    private final byte[] family;

    /** No entry is earlier than this. */
    private long earliest;

    /** {@code family} starts no other key of the store. */
    public DeadlineStore(WriteBehindStore store, byte[] family) {
        if (family.length == 0) {
            throw new IllegalArgumentException("the family must have at least one byte but had none");
        }
        this.store = store;
        this.family = family.clone();
    }

    /** The same key may have several deadlines; the same deadline twice is one. */
    public void set(Instant at, Bytes key) {
        set(at, key, false);
    }

    /** The same for a key of which nothing was written out yet, if {@code isNew}. */
    public void set(Instant at, Bytes key, boolean isNew) {
        long millis = millis(at);
        Bytes entry = entry(millis, key.get());
        if (isNew) {
            store.putNew(entry, true, MARK);
        } else {
            store.put(entry, true, MARK);
        }
        earliest = Math.min(earliest, millis);
    }

    public void clear(Instant at, Bytes key) {
        store.delete(entry(millis(at), key.get()));
    }

    /** Takes out at most so many of those whose time has come, the earliest first. */
    public List<Due> takeDue(Instant now, int atMost) {
        List<Due> due = due(now, atMost);
        due.forEach(taken -> clear(taken.at(), taken.key()));
        return due;
    }

    /** The same, but they stay until they are cleared, and are named again until then. */
    public List<Due> due(Instant now, int atMost) {
        long until = millis(now);
        if (until < earliest) {
            return List.of();
        }
        List<Bytes> entries = store.keys(entry(earliest, NOTHING), afterLast(), atMost);
        earliest = entries.isEmpty() ? Long.MAX_VALUE : millisOf(entries.get(0));
        List<Due> due = new ArrayList<>();
        for (Bytes entry : entries) {
            if (millisOf(entry) > until) {
                break;
            }
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
