package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.DeviceId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Devices whose turn it is, each once, in the order of their coming; bounded. */
final class MqttTurns {

    private final int most;
    private final Set<DeviceId> waiting = new LinkedHashSet<>();
    private boolean leftOut;
    private volatile Runnable listener = () -> {};

    MqttTurns(int most) {
        this.most = most;
    }

    /** {@code action} runs after every new turn; it must not block. */
    void whenAdded(Runnable action) {
        listener = action;
    }

    void add(DeviceId device) {
        boolean added;
        synchronized (this) {
            boolean fits = waiting.size() < most || waiting.contains(device);
            leftOut |= !fits;
            added = fits && waiting.add(device);
        }
        if (added) {
            listener.run();
        }
    }

    synchronized Optional<DeviceId> next() {
        Optional<DeviceId> first = waiting.stream().findFirst();
        first.ifPresent(waiting::remove);
        return first;
    }

    /** Whether a turn did not fit since the last call. */
    synchronized boolean takeLeftOut() {
        boolean was = leftOut;
        leftOut = false;
        return was;
    }

    synchronized void clear() {
        waiting.clear();
        leftOut = false;
    }
}
