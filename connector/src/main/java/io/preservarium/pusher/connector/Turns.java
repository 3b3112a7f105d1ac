package io.preservarium.pusher.connector;

import io.preservarium.pusher.command.DeviceId;
import java.util.LinkedHashSet;
import java.util.Optional;

/**
 * Devices whose turn it is, each once, in the order of their coming; bounded. Who finds no room is not kept: delivery
 * knows it and names it again, window by window, once it is told that there is room. Any thread; each call costs the
 * same however many turns wait.
 */
public final class Turns {

    private final int most;
    private final LinkedHashSet<DeviceId> waiting = new LinkedHashSet<>();
    private boolean turnedAway;
    private volatile Runnable whenAdded = () -> {};
    private volatile Runnable whenRoom = () -> {};

    /** @param most places */
    public Turns(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("turns need at least 1 place but got " + most);
        }
        this.most = most;
    }

    /**
     * To be called once, before the first turn comes. Neither action may block.
     *
     * @param added runs after every new turn
     * @param room runs when half of the places are free after someone was turned away, and when all are
     */
    public void serve(Runnable added, Runnable room) {
        whenAdded = added;
        whenRoom = room;
    }

    /** False when there is no room. */
    public boolean add(DeviceId device) {
        synchronized (this) {
            if (waiting.contains(device)) {
                return true;
            }
            if (waiting.size() >= most) {
                turnedAway = true;
                return false;
            }
            waiting.add(device);
        }
        whenAdded.run();
        return true;
    }

    /** The device that waits longest; its turn is taken with that. */
    public Optional<DeviceId> next() {
        Optional<DeviceId> first;
        boolean isRoom;
        synchronized (this) {
            first = waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.removeFirst());
            isRoom = first.isEmpty() || turnedAway && waiting.size() <= most / 2;
            turnedAway &= !isRoom;
        }
        if (isRoom) {
            whenRoom.run();
        }
        return first;
    }

    /** Forgets every turn, because nobody can be served now. */
    public synchronized void clear() {
        waiting.clear();
        turnedAway = false;
    }
}
