package io.preservarium.pusher.benchmarks.platform;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Asks services for their heap while something else goes on, and keeps the most that each has said. */
public final class HeapWatch implements AutoCloseable {

    private static final long LOOK_MILLIS = 500;

    private final Map<String, Long> highest = new ConcurrentHashMap<>();
    private final Thread watcher;

    private HeapWatch(Pusher pusher, List<String> services) {
        watcher = Thread.ofPlatform().daemon().name("heap-watch").start(() -> watch(pusher, services));
    }

    public static HeapWatch over(Pusher pusher, String... services) {
        return new HeapWatch(pusher, List.of(services));
    }

    private void watch(Pusher pusher, List<String> services) {
        try {
            while (true) {
                for (String service : services) {
                    pusher.heapMegabytes(service).ifPresent(now -> highest.merge(service, now, Math::max));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** In megabytes, garbage included; 0 when it never answered. */
    public long highest(String service) {
        return highest.getOrDefault(service, 0L);
    }

    @Override
    public void close() throws InterruptedException {
        watcher.interrupt();
        watcher.join();
    }
}
