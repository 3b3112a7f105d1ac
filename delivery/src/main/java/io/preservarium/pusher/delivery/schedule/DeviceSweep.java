package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.delivery.book.BookView;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Names the devices with unfinished commands, one window after the other, when something changed for all of them: the
 * route is back, or partitions were taken up. It pauses where the route has no room and goes on from there.
 */
final class DeviceSweep {

    private static final int WINDOW = 256;

    private record Rest(int partition, Optional<DeviceId> after) {}

    private final BookView book;
    private final Executor executor;
    private final Predicate<BookView.Device> visit;
    // Guarded by this.
    private final Deque<Rest> rests = new ArrayDeque<>();
    private final Set<Integer> missed = new HashSet<>();
    private boolean isRunning;
    private boolean isRoomAgain;

    /** @param visit false when there is no room for this device now */
    DeviceSweep(BookView book, Executor executor, Predicate<BookView.Device> visit) {
        this.book = book;
        this.executor = executor;
        this.visit = visit;
    }

    /** Begins these partitions anew. */
    void begin(Collection<Integer> partitions) {
        synchronized (this) {
            rests.removeIf(rest -> partitions.contains(rest.partition()));
            partitions.forEach(partition -> rests.add(new Rest(partition, Optional.empty())));
        }
        goOn();
    }

    /** A device of this partition found no room outside of a sweep: the partition is named once more when there is some. */
    synchronized void missed(int partition) {
        missed.add(partition);
    }

    /** There may be room again. */
    void goOn() {
        synchronized (this) {
            if (rests.isEmpty()) {
                missed.forEach(partition -> rests.add(new Rest(partition, Optional.empty())));
                missed.clear();
            }
            if (isRunning) {
                // Room that comes while a device is being refused is not to be missed.
                isRoomAgain = true;
                return;
            }
            if (rests.isEmpty()) {
                return;
            }
            isRunning = true;
        }
        executor.execute(this::window);
    }

    private void window() {
        Optional<Rest> next;
        synchronized (this) {
            next = Optional.ofNullable(rests.poll());
        }
        boolean isRoom = next.map(this::visitWindow).orElse(false);
        synchronized (this) {
            isRunning = (isRoom || isRoomAgain) && !rests.isEmpty();
            isRoomAgain = false;
            if (!isRunning) {
                return;
            }
        }
        executor.execute(this::window);
    }

    private boolean visitWindow(Rest rest) {
        List<BookView.Device> devices = book.devices(rest.partition(), rest.after(), WINDOW);
        Optional<DeviceId> done = rest.after();
        for (BookView.Device device : devices) {
            if (!visit.test(device)) {
                keep(new Rest(rest.partition(), done));
                return false;
            }
            done = Optional.of(device.id());
        }
        if (devices.size() == WINDOW) {
            keep(new Rest(rest.partition(), done));
        }
        return true;
    }

    private synchronized void keep(Rest rest) {
        if (rests.stream().noneMatch(other -> other.partition() == rest.partition())) {
            rests.addFirst(rest);
        }
    }
}
