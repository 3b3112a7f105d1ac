package io.preservarium.pusher.benchmarks.load;

import java.time.Duration;

/** Every device in turn, again and again, for a while. */
public final class RoundRobin implements Calls {

    private final int devices;
    private final long end;
    private int next;

    public RoundRobin(int devices, Duration during) {
        this.devices = devices;
        this.end = System.nanoTime() + during.toNanos();
    }

    @Override
    public int next() {
        if (System.nanoTime() > end) {
            return NO_MORE;
        }
        next = (next + 1) % devices;
        return next;
    }

    @Override
    public void answered(int device, boolean success, int payloadBytes) {
        // Counted by the fleet.
    }

    @Override
    public void lost(int device) {
        // Counted by the fleet.
    }
}
