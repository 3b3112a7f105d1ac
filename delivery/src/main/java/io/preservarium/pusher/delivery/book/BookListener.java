package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.StatusEvent;

/** Told what changed in the book, after it changed, on the thread that reads the topics; must not block. */
public interface BookListener {

    /**
     * A command of this device may go now that could not before.
     *
     * @param isNew whether it has just come in, so that all others of the device stand before it
     */
    void mayGo(DeviceId device, boolean isNew);

    /** Whether {@link #toDecide} would be heard; deadlines stay due until then. */
    boolean decides(int partition);

    /** Commands of this partition wait for their first formatting. */
    void unchecked(int partition);

    /** A command of this partition found its device's queue full and will be refused. */
    void queueIsFull(int partition);

    /** Something about this command is to be decided: it was stopped, or a deadline of it has passed. */
    void toDecide(Place place);

    /** The event was read back and is in the book. */
    void readBack(StatusEvent event);
}
