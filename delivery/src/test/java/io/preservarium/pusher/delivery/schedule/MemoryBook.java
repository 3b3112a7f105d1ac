package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.book.Body;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.DeviceEntry;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Place;
import io.preservarium.pusher.delivery.book.Waiting;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepted commands by their offsets, in one partition. It reads nothing back by itself. */
final class MemoryBook implements BookView {

    private final ConcurrentSkipListMap<Long, Command> commands = new ConcurrentSkipListMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger questions = new AtomicInteger();

    void accept(String device, String id, long offset) {
        commands.put(offset, Samples.command(device, id));
    }

    /** The book has read its end. */
    void readBackEnd(long offset) {
        commands.remove(offset);
    }

    /** How often it was asked for a command by its offset. */
    int questions() {
        return questions.get();
    }

    /** How often a device's commands were looked through. */
    int looks() {
        return looks.get();
    }

    @Override
    public int partition(DeviceId device) {
        return 0;
    }

    @Override
    public Optional<DeviceEntry> device(DeviceId device) {
        TreeMap<Long, Command> own = of(device);
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(new DeviceEntry(own.size(), own.size(), own.firstKey(), own.lastKey(), List.of()));
    }

    @Override
    public Optional<Waiting> waiting(DeviceId device, long offset) {
        questions.incrementAndGet();
        return Optional.ofNullable(of(device).get(offset))
                .map(command -> new Waiting(
                        Samples.facts(command, offset),
                        Progress.accepted(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        command.expiresAt()));
    }

    @Override
    public List<Long> eligible(DeviceId device, long from, int limit) {
        looks.incrementAndGet();
        return of(device).tailMap(from, true).keySet().stream().limit(limit).toList();
    }

    @Override
    public Optional<Waiting> eligible(DeviceId device, long offset) {
        return waiting(device, offset);
    }

    @Override
    public Optional<Body> body(DeviceId device, long offset) {
        return Optional.ofNullable(of(device).get(offset)).map(command -> new Body(new byte[0], Optional.of(command)));
    }

    @Override
    public Optional<KeptAnswer> answer(DeviceId device) {
        return Optional.empty();
    }

    @Override
    public List<Place> unchecked(int partition, long fromOffset, int limit) {
        return commands.tailMap(fromOffset, true).entrySet().stream()
                .limit(limit)
                .map(entry -> new Place(entry.getValue().deviceId(), entry.getKey()))
                .toList();
    }

    @Override
    public List<Device> devices(int partition, Optional<DeviceId> after, int limit) {
        return List.of();
    }

    private TreeMap<Long, Command> of(DeviceId device) {
        TreeMap<Long, Command> own = new TreeMap<>(commands);
        own.values().removeIf(command -> !command.deviceId().equals(device));
        return own;
    }
}
