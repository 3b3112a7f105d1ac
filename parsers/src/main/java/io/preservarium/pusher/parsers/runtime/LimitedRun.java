package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.parsers.context.WorkerContexts;
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
final class LimitedRun implements ScriptRunner.Run {

    /** Running, then either done or stopped; a stopped one that does not come back is lost. */
    enum State {
        RUNNING,
        DONE,
        OUT_OF_TIME,
        OUT_OF_MEMORY,
        LOST
    }

    private static final Duration INTERRUPT_PATIENCE = Duration.ofMillis(700);

    private final WorkerContexts contexts;
    private final Thread thread = Thread.currentThread();
    private final Duration limit;
    private final long memoryLimit;
    private final long lostAfterNanos;
    private final long startedAt = System.nanoTime();
    private final OptionalLong startAllocated = ThreadMeter.allocatedByThis();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final CountDownLatch stopped = new CountDownLatch(1);
    // The next three are the watchdog's alone.
    private OptionalLong firstSeenProcessor = OptionalLong.empty();
    private long waited;
    private long lookedAt = startedAt;

    private volatile long stoppedAt;
    private volatile boolean contextClosed;

    LimitedRun(WorkerContexts contexts, Duration limit, long memoryLimit, Duration lostAfter) {
        this.contexts = contexts;
        this.limit = limit;
        this.memoryLimit = memoryLimit;
        this.lostAfterNanos = lostAfter.toNanos();
    }

    @Override
    public boolean check() {
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
                System.nanoTime() - stoppedAt > lostAfterNanos && state.compareAndSet(seen, State.LOST);
            case DONE, LOST -> false;
        };
    }

    @Override
    public void cancel() {
        stop(State.OUT_OF_TIME);
    }

    /** A script that waits may do so for longer, and one that is ready and gets no processor for longer still: not its fault. */
    private boolean isOutOfTime() {
        long now = System.nanoTime();
        boolean isWaiting = thread.getState() != Thread.State.RUNNABLE;
        waited += isWaiting ? now - lookedAt : 0;
        lookedAt = now;
        OptionalLong processor = ThreadMeter.processorTime(thread.threadId());
        if (processor.isEmpty()) {
            return now - startedAt > limit.toNanos();
        }
        if (firstSeenProcessor.isEmpty()) {
            firstSeenProcessor = processor;
        }
        return processor.getAsLong() - firstSeenProcessor.getAsLong() > limit.toNanos()
                || waited > ScriptLimits.waiting(limit).toNanos()
                || now - startedAt > ScriptLimits.starving(limit).toNanos();
    }

    private long usedMemory() {
        OptionalLong allocated = ThreadMeter.allocated(thread.threadId());
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
            Thread.ofPlatform()
                    .daemon()
                    .name("parser-stop-" + thread.threadId())
                    .start(() -> stop(context.get(), why));
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

    @Override
    public Thread thread() {
        return thread;
    }

    boolean isContextClosed() {
        return contextClosed;
    }

    Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
