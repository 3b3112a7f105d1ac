package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import java.util.Optional;

/** Whether this process may decide about a device's commands. */
public interface Ownership {

    /** Empty when it may, else what is waited for. Cheap. */
    Optional<String> notReady(DeviceId device);

    /** Whether it may for all devices of a partition. Cheap. */
    boolean isReady(int partition);

    /** A number that changes whenever the device's partition is taken up anew; empty when it is not held. */
    Optional<Long> generation(DeviceId device);
}
