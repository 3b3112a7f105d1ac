package io.preservarium.pusher.delivery.book;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a device that has unfinished commands. It never lists them: {@code inFlight} holds at most as many
 * offsets as the device may have in flight.
 *
 * @param waiting unfinished commands that nobody stopped
 * @param all unfinished commands
 * @param head no command that may go has a lower offset
 * @param newest the highest offset that was counted, so that a record read twice counts once, and one that was not
 *     counted before a crash is not taken off
 */
public record DeviceEntry(int waiting, int all, long head, long newest, List<Long> inFlight) {

    public DeviceEntry {
        inFlight = List.copyOf(inFlight);
    }

    static DeviceEntry startingAt(long offset) {
        return new DeviceEntry(0, 0, offset, -1, List.of());
    }

    DeviceEntry added(long offset, boolean stopped) {
        return offset <= newest
                ? this
                : new DeviceEntry(stopped ? waiting : waiting + 1, all + 1, head, offset, inFlight);
    }

    DeviceEntry counted(int found) {
        return new DeviceEntry(found, all, head, newest, inFlight);
    }

    DeviceEntry stopped(long offset) {
        return offset > newest ? this : new DeviceEntry(waiting - 1, all, head, newest, inFlight);
    }

    DeviceEntry removed(long offset, boolean stopped) {
        List<Long> left = without(offset);
        if (offset > newest) {
            return new DeviceEntry(waiting, all, head, newest, left);
        }
        return new DeviceEntry(
                stopped ? waiting : waiting - 1, all - 1, offset == head ? offset + 1 : head, newest, left);
    }

    DeviceEntry flying(long offset, boolean isInFlight) {
        if (inFlight.contains(offset) == isInFlight) {
            return this;
        }
        List<Long> next = without(offset);
        if (isInFlight) {
            next.add(offset);
        }
        return new DeviceEntry(waiting, all, head, newest, next);
    }

    DeviceEntry mayGoFrom(long offset) {
        return offset < head ? new DeviceEntry(waiting, all, offset, newest, inFlight) : this;
    }

    private List<Long> without(long offset) {
        List<Long> left = new ArrayList<>(inFlight);
        left.removeIf(flying -> flying == offset);
        return left;
    }
}
