package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The partitions that this process holds, their books to read in, and how far each of their topics has been read. */
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

    private final Partitions partitions;
    private final Map<Integer, Held> held = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> polled = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private long generations;

    public HeldBooks(Partitions partitions) {
        this.partitions = partitions;
    }

    synchronized void assigned(int partition, BookReader reader) {
        next.keySet().removeIf(topic -> topic.partition() == partition);
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

    void passed(RecordMetadata record) {
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    /** A record of this offset was fetched and will be read. */
    public void polled(TopicPartition partition, long offset) {
        polled.put(partition, offset);
    }

    /** The consumer goes on from here; the markers of transactions lie before it. */
    public void position(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    /** Whether everything before {@code end} has been read, counting from {@code from} at least. */
    public boolean isRead(TopicPartition partition, long from, long end) {
        long read = Math.max(next.getOrDefault(partition, 0L), from);
        if (read >= end) {
            return true;
        }
        boolean nothingIsLeft = read > polled.getOrDefault(partition, -1L);
        return nothingIsLeft && positions.getOrDefault(partition, 0L) >= end;
    }

    public Optional<Assignment> of(DeviceId device) {
        Held present = held.get(partitions.of(device));
        return present == null ? Optional.empty() : Optional.of(present.assignment);
    }

    public Set<Assignment> held() {
        return held.values().stream().map(each -> each.assignment).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public int partition(DeviceId device) {
        return partitions.of(device);
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
    public Optional<Waiting> firstEligible(DeviceId device, long from) {
        return ask(device, reader -> reader.firstEligible(device, from));
    }

    @Override
    public Optional<byte[]> body(DeviceId device, long offset) {
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
                                .filter(key -> key.get()[0] == BookKeys.UNCHECKED)
                                .map(BookKeys::placeOfUnchecked)
                                .toList()))
                .orElse(List.of());
    }

    @Override
    public List<Device> devices(int partition, Optional<DeviceId> after, int limit) {
        Bytes from = after.map(BookKeys::device).map(BookKeys::next).orElse(BookKeys.first(BookKeys.DEVICE));
        return ask(partition, reader -> {
                    List<Device> devices = new ArrayList<>();
                    for (KeyValue<Bytes, byte[]> row : reader.entries(from, BookKeys.after(BookKeys.DEVICE), limit)) {
                        if (row.key.get()[0] == BookKeys.DEVICE) {
                            devices.add(new Device(BookKeys.deviceOf(row.key), BookValues.deviceEntry(row.value)));
                        }
                    }
                    return Optional.of(devices);
                })
                .orElse(List.of());
    }

    private <T> Optional<T> ask(DeviceId device, Function<BookReader, Optional<T>> question) {
        return ask(partitions.of(device), question);
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
