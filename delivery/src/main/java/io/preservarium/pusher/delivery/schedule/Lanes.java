package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.delivery.DeliveryLog;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The devices with something to do now. Per device one thing happens at a time, devices go in parallel. */
final class Lanes {

    private final Executor executor;
    private final Supplier<Now> clock;
    private final Consumer<DeviceId> wake;
    private final ConcurrentHashMap<DeviceId, Lane> lanes = new ConcurrentHashMap<>();

    /** @param wake called for a device of which {@link #wakesLater} was true */
    Lanes(Executor executor, Supplier<Now> clock, Consumer<DeviceId> wake) {
        this.executor = executor;
        this.clock = clock;
        this.wake = wake;
    }

    boolean isBusy(DeviceId device) {
        return lanes.containsKey(device);
    }

    /** True when an attempt of the device waits for its outcome, after which it is woken. */
    boolean wakesLater(DeviceId device) {
        Lane lane = lanes.get(device);
        return lane != null && lane.wakesLater();
    }

    /** Does this for every device that is busy now, on other threads. */
    void everywhere(Predicate<DeviceId> which, Consumer<Lane> piece) {
        for (DeviceId device : Objects.requireNonNull(lanes.keySet())) {
            if (which.test(device)) {
                elsewhere(device, piece);
            }
        }
    }

    /** Something before what the device's lane has passed may go again. */
    void lookFromTheHead(DeviceId device) {
        Lane lane = lanes.get(device);
        if (lane != null) {
            lane.lookFromTheHead();
        }
    }

    int size() {
        return lanes.size();
    }

    /** Does this once what the device is busy with is done: here and now if it is idle. */
    void here(DeviceId device, Consumer<Lane> piece) {
        Lane lane = enter(device);
        if (lane.add(piece)) {
            lane.next().ifPresent(mine -> perform(lane, mine));
            proceed(lane);
        }
    }

    /** The same on another thread: for callers who must not be held up. */
    void elsewhere(DeviceId device, Consumer<Lane> piece) {
        Lane lane = enter(device);
        if (lane.add(piece)) {
            proceed(lane);
        }
    }

    private Lane enter(DeviceId device) {
        return Objects.requireNonNull(lanes.compute(device, (id, present) -> {
            Lane lane = present == null ? new Lane(id) : present;
            lane.enter();
            return lane;
        }));
    }

    /** What came meanwhile is not the caller's to do. */
    private void proceed(Lane lane) {
        lane.next()
                .ifPresent(piece -> executor.execute(() -> {
                    Optional<Consumer<Lane>> next = Optional.of(piece);
                    while (next.isPresent()) {
                        perform(lane, next.get());
                        next = lane.next();
                    }
                }));
    }

    private void perform(Lane lane, Consumer<Lane> piece) {
        try {
            piece.accept(lane);
        } catch (RuntimeException | Error e) {
            DeliveryLog.LOG.deviceFailed(e, lane.device());
        } finally {
            lane.tidy(clock.get());
            if (lane.isToBeWoken()) {
                wake.accept(lane.device());
            }
            lanes.computeIfPresent(lane.device(), (id, present) -> present.leave() ? null : present);
        }
    }

    /** Waits until the work that is under way is done. False if it took too long. */
    boolean drain(Duration limit) {
        Iterable<DeviceId> busy = Objects.requireNonNull(lanes.keySet());
        int count = 0;
        java.util.List<DeviceId> all = new java.util.ArrayList<>();
        for (DeviceId device : busy) {
            all.add(device);
            count++;
        }
        CountDownLatch left = new CountDownLatch(count);
        all.forEach(device -> elsewhere(device, lane -> left.countDown()));
        try {
            return left.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
