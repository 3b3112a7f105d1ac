package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The devices with something to do now. Per device one thing happens at a time, devices go in parallel. */
final class DeviceLanes {

    private final Executor executor;
    private final DeliveryLog log;
    private final ConcurrentHashMap<DeviceId, DeviceLane> lanes = new ConcurrentHashMap<>();

    DeviceLanes(Executor executor, DeliveryLog log) {
        this.executor = executor;
        this.log = log;
    }

    /** Whether a look has to be asked for; looks that are asked for while one waits are one. */
    boolean wantsLook(DeviceId device) {
        boolean[] wanted = new boolean[1];
        lanes.compute(device, (id, lane) -> {
            DeviceLane present = lane == null ? new DeviceLane(id) : lane;
            wanted[0] = present.wantsLook();
            return present;
        });
        return wanted[0];
    }

    boolean isBusy(DeviceId device) {
        return lanes.containsKey(device);
    }

    /** Does this once what the device is busy with is done. */
    <T> CompletableFuture<T> in(DeviceId device, Function<DeviceLane, CompletionStage<T>> work) {
        DeviceLane lane = Objects.requireNonNull(lanes.compute(device, (id, present) -> {
            DeviceLane entered = present == null ? new DeviceLane(id) : present;
            entered.enter();
            return entered;
        }));
        return lane.run(() -> work.apply(lane), executor)
                .whenComplete((ignored, failure) ->
                        lanes.computeIfPresent(device, (id, present) -> present.leave() ? null : present));
    }

    /** The same for work whose failure is logged and nothing else. */
    void quietly(DeviceId device, Consumer<DeviceLane> work) {
        in(device, lane -> {
                    work.accept(lane);
                    return CompletableFuture.completedFuture(true);
                })
                .whenComplete((ignored, failure) -> report(device, failure));
    }

    void report(DeviceId device, @Nullable Throwable failure) {
        if (failure != null) {
            log.deskFailed(device, failure);
        }
    }

    /** Waits until the work that is under way is done. False if it took too long. */
    boolean drain(Duration limit) {
        List<CompletableFuture<?>> under = new ArrayList<>();
        lanes.keySet().forEach(device -> under.add(in(device, lane -> CompletableFuture.completedFuture(true))));
        try {
            CompletableFuture.allOf(under.toArray(CompletableFuture<?>[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
