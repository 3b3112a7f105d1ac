package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The book as others may read it. Reading never claims anything. */
interface WaitingView {

    /** The waiting commands of a device in offset order; empty when its partition is not held here. */
    Optional<List<WaitingCommand>> of(DeviceId device);

    /** Names each device of the held partitions that has a waiting command, once. */
    void forEachDevice(Consumer<DeviceId> action);
}
