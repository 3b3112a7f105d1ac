package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** Devices whose turn it is, each once, in the order of their coming; bounded. */
final class MqttTurns {

    private final int most;
    private final Queue<DeviceId> order = new ArrayDeque<>();
    private final Set<DeviceId> waiting = new HashSet<>();
    private volatile Runnable listener = () -> {};

    MqttTurns(int most) {
        this.most = most;
    }

    /** {@code action} runs after every new turn; it must not block. */
    void whenAdded(Runnable action) {
        listener = action;
    }

    /** False when there is no room. */
    boolean add(DeviceId device) {
        synchronized (this) {
            if (waiting.contains(device)) {
                return true;
            }
            if (waiting.size() >= most) {
                return false;
            }
            waiting.add(device);
            order.add(device);
        }
        listener.run();
        return true;
    }

    synchronized Optional<DeviceId> next() {
        Optional<DeviceId> first = Optional.ofNullable(order.poll());
        first.ifPresent(waiting::remove);
        return first;
    }

    synchronized void clear() {
        order.clear();
        waiting.clear();
    }
}
