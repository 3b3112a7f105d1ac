package io.preservarium.pusher.benchmarks.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Devices that call until each has fetched its share, or until the time is up. One that gets nothing, because its last
 * command is not settled yet, calls again after the others.
 */
public final class UntilFetched implements Calls {

    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final int[] missing;
    private final long end;
    private long left;
    private long fetched;
    private long inVain;

    public UntilFetched(int devices, int each, Duration atMost) {
        this.missing = new int[devices];
        for (int device = 0; device < devices; device++) {
            missing[device] = each;
            waiting.add(device);
        }
        this.left = (long) devices * each;
        this.end = System.nanoTime() + atMost.toNanos();
    }

    @Override
    public int next() {
        if (left == 0 || System.nanoTime() > end) {
            return NO_MORE;
        }
        Integer device = waiting.poll();
        return device == null ? NOT_NOW : device;
    }

    @Override
    public void answered(int device, boolean success, int payloadBytes) {
        if (payloadBytes > 0) {
            missing[device]--;
            left--;
            fetched++;
        } else {
            inVain++;
        }
        if (missing[device] > 0) {
            waiting.add(device);
        }
    }

    @Override
    public void lost(int device) {
        waiting.add(device);
    }

    public long fetched() {
        return fetched;
    }

    /** Calls that were answered without a command. */
    public long inVain() {
        return inVain;
    }

    /** Whether every device has its share. */
    public boolean isDone() {
        return left == 0;
    }
}
