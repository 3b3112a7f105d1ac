package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Questions to one partition's store. Each costs the same however many commands wait. */
final class BookReader {

    private final ReadOnlyKeyValueStore<Bytes, byte[]> store;

    BookReader(ReadOnlyKeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    Optional<DeviceEntry> device(DeviceId device) {
        return Optional.ofNullable(store.get(BookKeys.device(device))).map(BookValues::deviceEntry);
    }

    Optional<Waiting> eligible(DeviceId device, long offset) {
        return Optional.ofNullable(store.get(BookKeys.command(BookKeys.ELIGIBLE, device, offset)))
                .map(bytes -> BookValues.waiting(device, bytes));
    }

    Optional<Waiting> held(DeviceId device, long offset) {
        return Optional.ofNullable(store.get(BookKeys.command(BookKeys.HELD, device, offset)))
                .map(bytes -> BookValues.waiting(device, bytes));
    }

    Optional<Waiting> waiting(DeviceId device, long offset) {
        return eligible(device, offset).or(() -> held(device, offset));
    }

    /** The offsets of the commands that may go or are in flight, from {@code from} on. */
    List<Long> eligible(DeviceId device, long from, int limit) {
        return keys(
                        BookKeys.command(BookKeys.ELIGIBLE, device, from),
                        BookKeys.command(BookKeys.ELIGIBLE, device, Long.MAX_VALUE),
                        limit)
                .stream()
                .map(BookKeys::offsetOf)
                .toList();
    }

    Optional<byte[]> body(DeviceId device, long offset) {
        return Optional.ofNullable(store.get(BookKeys.command(BookKeys.BODY, device, offset)));
    }

    Optional<KnownId> known(Bytes idKey) {
        return Optional.ofNullable(store.get(idKey)).map(BookValues::knownId);
    }

    Optional<KeptAnswer> answer(DeviceId device) {
        return Optional.ofNullable(store.get(BookKeys.answer(device))).map(BookValues::keptAnswer);
    }

    Optional<Long> newestOf(DeviceId device, String collapseKey) {
        return Optional.ofNullable(store.get(BookKeys.collapse(device, collapseKey)))
                .map(BookValues::offset);
    }

    /** Keys of a range, at most {@code limit} of them. */
    List<Bytes> keys(Bytes from, Bytes to, int limit) {
        List<Bytes> keys = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range = store.range(from, to)) {
            while (range.hasNext() && keys.size() < limit) {
                keys.add(range.next().key);
            }
        }
        return keys;
    }

    /** Keys and values of a range, at most {@code limit} of them. */
    List<KeyValue<Bytes, byte[]>> entries(Bytes from, Bytes to, int limit) {
        List<KeyValue<Bytes, byte[]>> entries = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range = store.range(from, to)) {
            while (range.hasNext() && entries.size() < limit) {
                entries.add(range.next());
            }
        }
        return entries;
    }
}
