package io.preservarium.pusher.mqtt.push;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Commands that were in flight when the connection was lost: one of them may be what the broker closes connections for.
 * They are published alone until each has its answer, so that the one takes no others with it again. Any thread.
 */
final class MqttSuspects {

    /** A suspect that is not seen again was cancelled or has expired, or its partition has another owner. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final int most;
    private final Clock clock;
    private final Map<DeviceId, OfDevice> devices = new LinkedHashMap<>();
    private volatile boolean some;

    /** @param most devices whose commands are suspects at one time; of more the oldest are forgotten */
    MqttSuspects(int most, Clock clock) {
        this.most = most;
        this.clock = clock;
    }

    private record OfDevice(Map<RequestId, Integer> lossesAlone, Instant since) {}

    /** Whether a command of the device is a suspect. */
    boolean isSuspect(DeviceId device) {
        return some && isAmongThem(device);
    }

    private synchronized boolean isAmongThem(DeviceId device) {
        OfDevice suspects = devices.get(device);
        if (suspects != null && suspects.since().plus(FORGOTTEN_AFTER).isBefore(clock.instant())) {
            forget(device);
            return false;
        }
        return suspects != null;
    }

    /** The command was in flight with others when the connection was lost. */
    void lostWithOthers(DeviceId device, RequestId command) {
        add(device, command, 0);
    }

    /** The command was the only one in flight when the connection was lost. How often that was so by now. */
    int lostAlone(DeviceId device, RequestId command) {
        return add(device, command, 1);
    }

    private synchronized int add(DeviceId device, RequestId command, int losses) {
        OfDevice before = devices.remove(device);
        Map<RequestId, Integer> lossesAlone = before == null ? new HashMap<>() : before.lossesAlone();
        int total = lossesAlone.merge(command, losses, Integer::sum);
        devices.put(device, new OfDevice(lossesAlone, clock.instant()));
        if (devices.size() > most) {
            forget(devices.keySet().iterator().next());
        }
        some = true;
        return total;
    }

    /** The broker has answered the command, or nobody will publish it again. */
    void cleared(DeviceId device, RequestId command) {
        if (some) {
            remove(device, command);
        }
    }

    private synchronized void remove(DeviceId device, RequestId command) {
        OfDevice suspects = devices.get(device);
        if (suspects != null) {
            suspects.lossesAlone().remove(command);
            if (suspects.lossesAlone().isEmpty()) {
                forget(device);
            }
        }
    }

    private void forget(DeviceId device) {
        devices.remove(device);
        some = !devices.isEmpty();
    }
}
