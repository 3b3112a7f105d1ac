package io.preservarium.pusher.parsers.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process when it is told to end and has threads that no script can be stopped on: the engine's own shutdown hook
 * waits for them for ever. Everything else has had its time to end in order by then.
 */
final class LostThreads {

    private static final Duration ORDERLY_END = Duration.ofSeconds(15);

    /** It was told to end and did so. */
    private static final int EXIT_CODE = 0;

    private static final AtomicBoolean ARMED = new AtomicBoolean();

    private LostThreads() {}

    /** To be called when a thread is lost. */
    static void add() {
        if (ARMED.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime()
                        .addShutdownHook(
                                Thread.ofPlatform().name("parser-lost-threads").unstarted(LostThreads::end));
            } catch (IllegalStateException e) {
                // The process is ending already.
                return;
            }
        }
    }

    private static void end() {
        try {
            Thread.sleep(ORDERLY_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
