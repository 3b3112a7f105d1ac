package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * The book as others may read it; reading never claims anything. Partitions that are not (or no longer) held here read
 * as absent.
 */
public interface BookView {

    /** A device with unfinished commands. */
    record Device(DeviceId id, DeviceEntry entry) {}

    /** The partition that the device belongs to, held here or not. */
    int partition(DeviceId device);

    Optional<DeviceEntry> device(DeviceId device);

    Optional<Waiting> waiting(DeviceId device, long offset);

    /** The offsets of the commands that may go or are in flight, from {@code from} on, in order. */
    List<Long> eligible(DeviceId device, long from, int limit);

    /** The command at this offset if it may go or is in flight. */
    Optional<Waiting> eligible(DeviceId device, long offset);

    /** The command's record. */
    Optional<Body> body(DeviceId device, long offset);

    /** The latest answer to the device. */
    Optional<KeptAnswer> answer(DeviceId device);

    /** Commands that were not formatted yet, in offset order. */
    List<Place> unchecked(int partition, long fromOffset, int limit);

    /** The devices of a partition that have unfinished commands, by id, those after {@code after}. */
    List<Device> devices(int partition, Optional<DeviceId> after, int limit);
}
