package io.preservarium.pusher.benchmarks.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Devices that call in turn until each has got one command, and after how long it did. */
public final class FirstCommand implements Calls {

    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final List<Duration> after = new ArrayList<>();
    private final long start;
    private final long end;
    private int missing;

    /** Times count from {@code start}, a reading of {@link System#nanoTime}. */
    public FirstCommand(List<Integer> devices, long start, Duration atMost) {
        this.waiting.addAll(devices);
        this.missing = devices.size();
        this.start = start;
        this.end = start + atMost.toNanos();
    }

    @Override
    public int next() {
        if (missing == 0 || System.nanoTime() > end) {
            return NO_MORE;
        }
        Integer device = waiting.poll();
        return device == null ? NOT_NOW : device;
    }

    @Override
    public void answered(int device, boolean success, int payloadBytes) {
        if (success && payloadBytes > 0) {
            missing--;
            after.add(Duration.ofNanos(System.nanoTime() - start));
        } else {
            waiting.add(device);
        }
    }

    @Override
    public void lost(int device) {
        waiting.add(device);
    }

    /** One for each device that has its command, the quickest first. */
    public List<Duration> after() {
        return List.copyOf(after);
    }

    /** How many never got one. */
    public int missing() {
        return missing;
    }
}
