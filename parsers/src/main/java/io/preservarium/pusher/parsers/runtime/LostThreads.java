package io.preservarium.pusher.parsers.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process when it is told to end while threads are lost to scripts that nothing can stop: the engine's own shutdown
 * hook waits for them for ever. Everything else has had its time to end in order by then.
 */
final class LostThreads {

    private static final Duration ORDERLY_END = Duration.ofSeconds(15);

    /** It was told to end and did so. */
    private static final int EXIT_CODE = 0;

    private static final Set<Thread> LOST = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean ARMED = new AtomicBoolean();

    private LostThreads() {}

    static void add(Thread thread) {
        LOST.removeIf(lost -> !lost.isAlive());
        LOST.add(thread);
        if (ARMED.compareAndSet(false, true)) {
            Thread hook = Thread.ofPlatform().name("parser-lost-threads").unstarted(LostThreads::awaitOrHalt);
            try {
                Runtime.getRuntime().addShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending already; whoever waits for it will end it.
            }
        }
    }

    private static void awaitOrHalt() {
        long end = System.nanoTime() + ORDERLY_END.toNanos();
        try {
            for (Thread lost : LOST) {
                if (!lost.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    Runtime.getRuntime().halt(EXIT_CODE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
