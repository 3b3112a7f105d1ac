package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import io.preservarium.pusher.journal.store.WriteBehindStore.Entry;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/** Questions to one partition's store. Each costs the same however many commands wait. */
final class BookReader {

    private final WriteBehindStore store;

    BookReader(WriteBehindStore store) {
        this.store = store;
    }

    Optional<DeviceEntry> device(DeviceId device) {
        return store.get(BookKeys.device(device), BookValues.DEVICE);
    }

    Optional<Waiting> eligible(DeviceId device, long offset) {
        return store.get(BookKeys.command(BookKeys.ELIGIBLE, device, offset), BookValues.waiting(device));
    }

    Optional<Waiting> held(DeviceId device, long offset) {
        return store.get(BookKeys.command(BookKeys.HELD, device, offset), BookValues.waiting(device));
    }

    Optional<Waiting> waiting(DeviceId device, long offset) {
        return eligible(device, offset).or(() -> held(device, offset));
    }

    /** The offsets of the commands that may go or are in flight, from {@code from} on. */
    List<Long> eligible(DeviceId device, long from, int limit) {
        return store
                .keys(
                        BookKeys.command(BookKeys.ELIGIBLE, device, from),
                        BookKeys.command(BookKeys.ELIGIBLE, device, Long.MAX_VALUE),
                        limit)
                .stream()
                .map(BookKeys::offsetOf)
                .toList();
    }

    Optional<Body> body(DeviceId device, long offset) {
        return store.get(BookKeys.command(BookKeys.BODY, device, offset), BookValues.BODY);
    }

    Optional<KnownId> known(Bytes idKey) {
        return store.get(idKey, BookValues.ID);
    }

    Optional<KeptAnswer> answer(DeviceId device) {
        return store.get(BookKeys.answer(device), BookValues.ANSWER);
    }

    /** No body was ever written out of this offset or a later one; absent where nobody noted it. */
    Optional<Long> bodiesBefore() {
        return store.get(BookKeys.first(BookKeys.BODIES_BEFORE), BookValues.OFFSET);
    }

    Optional<Long> newestOf(DeviceId device, String collapseKey) {
        return store.get(BookKeys.collapse(device, collapseKey), BookValues.OFFSET);
    }

    /** Keys of a range, at most {@code limit} of them. */
    List<Bytes> keys(Bytes from, Bytes to, int limit) {
        return store.keys(from, to, limit);
    }

    /** Keys and rows of a range of one family, at most {@code limit} of them. */
    <T> List<Entry<T>> entries(Bytes from, Bytes to, int limit, Codec<T> codec) {
        return store.entries(from, to, limit, codec);
    }
}
