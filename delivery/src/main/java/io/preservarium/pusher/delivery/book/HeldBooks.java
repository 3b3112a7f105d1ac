package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Bytes;

/** The partitions that this process holds, and their books to read in. */
public final class HeldBooks implements BookView {

    /** A partition held since {@code generation}; the number changes with every assignment. */
    public record Assignment(int partition, long generation) {}

    private static final class Held {
        final Assignment assignment;
        final BookReader reader;
        /** A store must not be closed under a reader. */
        final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

        boolean released;

        Held(Assignment assignment, BookReader reader) {
            this.assignment = assignment;
            this.reader = reader;
        }
    }

    private final HomePartitions home;
    private final Map<Integer, Held> held = new ConcurrentHashMap<>();
    private long generations;

    public HeldBooks(HomePartitions home) {
        this.home = home;
    }

    synchronized void assigned(int partition, BookReader reader) {
        held.put(partition, new Held(new Assignment(partition, ++generations), reader));
    }

    /** Returns when nobody reads in it any more. */
    synchronized void released(int partition) {
        Held gone = held.remove(partition);
        if (gone != null) {
            gone.lock.writeLock().lock();
            gone.released = true;
            gone.lock.writeLock().unlock();
        }
    }

    public Optional<Assignment> of(DeviceId device) {
        Held present = held.get(home.of(device));
        return present == null ? Optional.empty() : Optional.of(present.assignment);
    }

    public Set<Assignment> held() {
        return held.values().stream().map(each -> each.assignment).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public int partition(DeviceId device) {
        return home.of(device);
    }

    @Override
    public Optional<DeviceEntry> device(DeviceId device) {
        return ask(device, reader -> reader.device(device));
    }

    @Override
    public Optional<Waiting> waiting(DeviceId device, long offset) {
        return ask(device, reader -> reader.waiting(device, offset));
    }

    @Override
    public List<Long> eligible(DeviceId device, long from, int limit) {
        return ask(device, reader -> Optional.of(reader.eligible(device, from, limit)))
                .orElse(List.of());
    }

    @Override
    public Optional<Waiting> eligible(DeviceId device, long offset) {
        return ask(device, reader -> reader.eligible(device, offset));
    }

    @Override
    public Optional<Body> body(DeviceId device, long offset) {
        return ask(device, reader -> reader.body(device, offset));
    }

    @Override
    public Optional<KeptAnswer> answer(DeviceId device) {
        return ask(device, reader -> reader.answer(device));
    }

    @Override
    public List<Place> unchecked(int partition, long fromOffset, int limit) {
        return ask(
                        partition,
                        reader -> Optional.of(reader
                                .keys(
                                        BookKeys.firstUncheckedFrom(fromOffset),
                                        BookKeys.after(BookKeys.UNCHECKED),
                                        limit)
                                .stream()
                                .map(BookKeys::placeOfUnchecked)
                                .toList()))
                .orElse(List.of());
    }

    @Override
    public List<Device> devices(int partition, Optional<DeviceId> after, int limit) {
        Bytes from = after.map(BookKeys::device).map(BookKeys::next).orElse(BookKeys.first(BookKeys.DEVICE));
        return ask(
                        partition,
                        reader -> Optional.of(
                                reader.entries(from, BookKeys.after(BookKeys.DEVICE), limit, BookValues.DEVICE).stream()
                                        .map(entry -> new Device(BookKeys.deviceOf(entry.key()), entry.row()))
                                        .toList()))
                .orElse(List.of());
    }

    private <T> Optional<T> ask(DeviceId device, Function<BookReader, Optional<T>> question) {
        return ask(home.of(device), question);
    }

    private <T> Optional<T> ask(int partition, Function<BookReader, Optional<T>> question) {
        Held present = held.get(partition);
        if (present == null || !present.lock.readLock().tryLock()) {
            return Optional.empty();
        }
        try {
            return present.released ? Optional.empty() : question.apply(present.reader);
        } finally {
            present.lock.readLock().unlock();
        }
    }
}
