package io.preservarium.pusher.journal.store;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;

/**
 * Of each family of keys, which is their first byte, from which key on nothing was written out: whoever asks for keys from
 * there on need not look, which would cost a walk over all the keys that were deleted. Known of a family once a look has
 * found nothing.
 */
final class NothingBelow {

    /** Nothing is at this key or behind it. Of families where something may be anywhere there is none. */
    private final Map<Byte, Bytes> empty = new HashMap<>();

    /** Odd while rows are being written out. */
    private long version;

    synchronized long version() {
        return version;
    }

    /** From here to {@link #end} rows are written out; what is found meanwhile tells nothing. */
    synchronized void begin() {
        version++;
    }

    synchronized void end() {
        version++;
    }

    synchronized void forget() {
        empty.clear();
    }

    /** To be called before the key is written out. */
    synchronized void writes(Bytes key) {
        empty.computeIfPresent(family(key), (family, from) -> key.compareTo(from) >= 0 ? next(key) : from);
    }

    /** Of the key's family there was nothing from it on, in a look that began at that version. */
    synchronized void from(Bytes key, long asOf) {
        if (asOf == version && version % 2 == 0) {
            empty.put(family(key), key);
        }
    }

    /** True when nothing of the key's family was written out from it on. */
    synchronized boolean isKnownFrom(Bytes key) {
        Bytes from = empty.get(family(key));
        return from != null && from.compareTo(key) <= 0;
    }

    /** The lowest key behind this one. */
    private static Bytes next(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }

    private static byte family(Bytes key) {
        return key.get()[0];
    }
}
