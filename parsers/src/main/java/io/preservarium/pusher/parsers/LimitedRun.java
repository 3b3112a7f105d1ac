package io.preservarium.pusher.parsers;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;

/**
 * One stretch of script code under limits. Its thread begins and ends it, the watchdog looks at it in between; whoever
 * moves the state first decides whether it ended by itself. Processor time counts from the watchdog's first look, at most
 * one tick late: most calls end before it, and asking the system costs more than they do.
 */
final class LimitedRun {

    /** Running, then either done or stopped; a stopped one that does not come back is lost. */
    enum State {
        RUNNING,
        DONE,
        OUT_OF_TIME,
        OUT_OF_MEMORY,
        LOST
    }

    private static final Duration INTERRUPT_PATIENCE = Duration.ofMillis(700);
    private static final long LOST_AFTER_NANOS = Duration.ofSeconds(3).toNanos();

    private final WorkerContexts contexts;
    private final long threadId = Thread.currentThread().threadId();
    private final Duration limit;
    private final long memoryLimit;
    private final long startedAt = System.nanoTime();
    private final OptionalLong startAllocated = ThreadMeter.allocatedByThis();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** Used by the watchdog alone. */
    private OptionalLong firstSeenProcessor = OptionalLong.empty();

    private volatile long stoppedAt;
    private volatile boolean contextClosed;

    LimitedRun(WorkerContexts contexts, Duration limit, long memoryLimit) {
        this.contexts = contexts;
        this.limit = limit;
        this.memoryLimit = memoryLimit;
    }

    /** Looks at what it has used; true at the moment when it is found to be lost. By the watchdog. */
    boolean check() {
        State seen = now();
        return switch (seen) {
            case RUNNING -> {
                if (usedMemory() > memoryLimit) {
                    stop(State.OUT_OF_MEMORY);
                } else if (isOutOfTime()) {
                    stop(State.OUT_OF_TIME);
                }
                yield false;
            }
            case OUT_OF_TIME, OUT_OF_MEMORY ->
                System.nanoTime() - stoppedAt > LOST_AFTER_NANOS && state.compareAndSet(seen, State.LOST);
            case DONE, LOST -> false;
        };
    }

    /** Stops it whatever it has used, because the runtime shuts down. */
    void cancel() {
        stop(State.OUT_OF_TIME);
    }

    private boolean isOutOfTime() {
        long elapsed = System.nanoTime() - startedAt;
        OptionalLong processor = ThreadMeter.processorTime(threadId);
        if (processor.isEmpty()) {
            return elapsed > limit.toNanos();
        }
        if (firstSeenProcessor.isEmpty()) {
            firstSeenProcessor = processor;
        }
        return processor.getAsLong() - firstSeenProcessor.getAsLong() > limit.toNanos()
                || elapsed > ScriptLimits.elapsed(limit).toNanos();
    }

    private long usedMemory() {
        OptionalLong allocated = ThreadMeter.allocated(threadId);
        return startAllocated.isPresent() && allocated.isPresent()
                ? allocated.getAsLong() - startAllocated.getAsLong()
                : 0;
    }

    /** On a thread of its own, because stopping waits for the script to notice and may wait for ever. */
    private void stop(State why) {
        Optional<Context> context = contexts.current();
        if (context.isEmpty()) {
            // Between two contexts; the next look finds one or the end.
            return;
        }
        stoppedAt = System.nanoTime();
        if (state.compareAndSet(State.RUNNING, why)) {
            Thread.ofPlatform().daemon().name("parser-stop-" + threadId).start(() -> stop(context.get(), why));
        }
    }

    private void stop(Context context, State why) {
        try {
            if (why == State.OUT_OF_TIME && interrupt(context)) {
                return;
            }
            contextClosed = true;
            context.close(true);
        } catch (PolyglotException | IllegalStateException e) {
            // Closed meanwhile: what was wanted.
            contextClosed = true;
        } finally {
            stopped.countDown();
        }
    }

    private static boolean interrupt(Context context) {
        try {
            context.interrupt(INTERRUPT_PATIENCE);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** By the script's thread, when it is back. Waits for a stop under way, so that it does not hit the next call. */
    State end() {
        if (state.compareAndSet(State.RUNNING, State.DONE)) {
            return State.DONE;
        }
        boolean interrupted = false;
        while (true) {
            try {
                stopped.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return now();
    }

    private State now() {
        return Objects.requireNonNull(state.get());
    }

    boolean isContextClosed() {
        return contextClosed;
    }

    Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
