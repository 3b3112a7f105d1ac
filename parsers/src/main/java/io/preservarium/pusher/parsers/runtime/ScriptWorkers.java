package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/** The threads that run scripts and the watchdog that stops what breaks its limits. */
public final class ScriptWorkers implements AutoCloseable {

    /** How long after it was stopped a script that goes on is given up, and its thread with it. */
    private static final Duration LOST_AFTER = Duration.ofSeconds(3);

    /** When the workers after the first one are started. */
    public enum Growth {
        /** One by one, when a call waits and all that there are have something to do. */
        ON_DEMAND,
        /** As {@link #ON_DEMAND}; those that no call wanted are started ten seconds after the first one became ready. */
        BEFOREHAND
    }

    /** Until then the processors are left to the rest of the start and to the first calls. */
    private static final Duration BEFOREHAND_AFTER = Duration.ofSeconds(10);

    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();
    /** It goes on looking for a while when nothing runs, so that calls need not wake it one by one. */
    private static final long IDLE_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

    private final ScriptLimits limits;
    private final ParserMetrics metrics;
    private final Function<ParserMetrics, ScriptRunner> runners;
    private final Growth growth;
    private final String name;
    private final ScriptQueue queue;
    private final List<ScriptWorker> workers = new CopyOnWriteArrayList<>();
    private final List<Consumer<ParserRef>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicBoolean isFirstReady = new AtomicBoolean();
    private final ReentrantLock warming = new ReentrantLock();
    private final Thread watchdog;
    // What a caller does with a result must neither hold up a worker nor fall under a script's limits.
    private final ExecutorService answers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("parser-answer-", 0).factory());
    private volatile boolean watchdogIdle;
    private volatile boolean closed;

    /** @param runners makes what one worker runs its calls in, given where to count loads */
    public ScriptWorkers(
            String name,
            ScriptLimits limits,
            ParserMetrics metrics,
            Growth growth,
            Function<ParserMetrics, ScriptRunner> runners) {
        this.growth = growth;
        this.name = name;
        this.limits = limits;
        this.metrics = new GuardedMetrics(metrics);
        this.runners = runners;
        this.queue = new ScriptQueue(limits);
        this.watchdog = Thread.ofPlatform().daemon().name(name + "-watchdog").unstarted(this::watch);
    }

    /** Workers with contexts of this process. */
    public static ScriptWorkers inContexts(
            String name, ScriptSandbox sandbox, ScriptClock clock, ScriptLimits limits, ParserMetrics metrics) {
        return new ScriptWorkers(
                name,
                limits,
                metrics,
                Growth.BEFOREHAND,
                guarded -> new ContextRunner(sandbox, clock, limits, LOST_AFTER, guarded));
    }

    /** The first context is what calls wait for; the others come after it. */
    public void start() {
        startWorker();
        watchdog.start();
    }

    public void becameReady() {
        if (growth == Growth.BEFOREHAND && isFirstReady.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(BEFOREHAND_AFTER.toMillis(), TimeUnit.MILLISECONDS, answers)
                    .execute(this::startAll);
        }
    }

    private synchronized void startAll() {
        while (!closed && workers.size() < limits.workers()) {
            startWorker();
        }
    }

    /** Calls {@code listener} when a script's quarantine has ended. It must not block. */
    public void whenQuarantineEnds(Consumer<ParserRef> listener) {
        listeners.add(listener);
    }

    private void startWorker() {
        String workerName = name + "-" + started.incrementAndGet();
        ScriptWorker worker = new ScriptWorker(this, workerName, runners.apply(metrics), queue);
        workers.add(worker);
        Thread.ofPlatform()
                .daemon()
                .name(workerName)
                // Python counts its own depth; the stack must be deeper than what it allows.
                .stackSize(16L << 20)
                .start(worker);
    }

    public ScriptLimits limits() {
        return limits;
    }

    public ParserMetrics metrics() {
        return metrics;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether a call can run now. */
    public boolean isReady() {
        return workers.stream().anyMatch(ScriptWorker::isReady);
    }

    /** Whether every worker that there is to be without a call waiting has its context. */
    public boolean isWarm() {
        int wanted = growth == Growth.BEFOREHAND ? limits.workers() : 1;
        return workers.size() >= wanted && workers.stream().allMatch(ScriptWorker::isReady);
    }

    /** One context after another: the first pays for the engine, those after it take a fraction, and none waits for both. */
    public void warm(Runnable makeContext) {
        warming.lock();
        try {
            makeContext.run();
        } finally {
            warming.unlock();
        }
    }

    /** The result comes on another thread than the caller's or the script's. */
    public CompletionStage<ScriptResult> submit(ScriptCall call) {
        queue.submit(call).ifPresent(refusal -> call.result().complete(refusal));
        growIfWanted();
        return call.result();
    }

    private void growIfWanted() {
        if (workers.size() < limits.workers()) {
            grow();
        }
    }

    private synchronized void grow() {
        if (!closed
                && workers.size() < limits.workers()
                && workers.stream().allMatch(worker -> worker.isReady() || queue.isConfining(worker))
                && queue.wantsWorker()) {
            startWorker();
        }
    }

    public void answer(ScriptCall call, ScriptResult result) {
        try {
            answers.execute(() -> call.result().complete(result));
        } catch (RejectedExecutionException e) {
            // Shutting down; nobody's answer is lost for that.
            call.result().complete(result);
        }
    }

    /** The call was stopped; what waited behind it is answered too if that was once too often. */
    void limitBroken(ScriptWorker worker, ScriptCall call, CallEnd.StoppedBy why, String doing) {
        String what =
                switch (why) {
                    case TIME, LOST -> doing + " took longer than it may";
                    case MEMORY -> doing + " took more memory than it may, " + (limits.memory() >> 20) + " MiB";
                    case EXIT -> doing + " ended the interpreter, which no script may";
                    case CRASH -> doing + " ended the process that it ran in";
                };
        ParsersLog.LOG.limitBroken(call.version().ref(), call.version().sha256(), what);
        List<ScriptCall> refused = queue.limitBroken(worker, call, why == CallEnd.StoppedBy.LOST);
        LockSupport.unpark(watchdog);
        boolean wasStopped = why != CallEnd.StoppedBy.EXIT && why != CallEnd.StoppedBy.CRASH;
        String stopped = what + (wasStopped ? " and was stopped (" : " (")
                + call.script().ref() + ")";
        answer(call, ScriptResult.Problem.of(wasStopped ? Reason.FORMAT_TIMEOUT : reason(call, why, doing), stopped));
        for (ScriptCall waiting : refused) {
            answer(waiting, queue.refusal(waiting).orElseGet(() -> new ScriptResult.Quarantined(stopped)));
        }
        // What waits may not be for the worker that is here.
        growIfWanted();
    }

    /** A script that ends what it is loaded in does not load; that a process ended may be nobody's fault but that of a check. */
    private static Reason reason(ScriptCall call, CallEnd.StoppedBy why, String doing) {
        boolean isBlamed = why == CallEnd.StoppedBy.EXIT || call.isExample();
        return CallEnd.Stopped.isLoading(doing) && isBlamed ? Reason.PARSER_INVALID : Reason.FORMAT_FAILED;
    }

    /** A worker has a call to run. */
    void callBegins() {
        if (watchdogIdle) {
            LockSupport.unpark(watchdog);
        }
    }

    private void watch() {
        long lastBusy = System.nanoTime();
        while (!closed) {
            boolean busy = false;
            for (ScriptWorker worker : workers) {
                try {
                    busy |= worker.isBusy();
                    worker.running().ifPresent(now -> look(worker, now));
                } catch (RuntimeException | Error e) {
                    // Without the watchdog nothing would ever be stopped again.
                    ParsersLog.LOG.watchdogFailed(e);
                }
            }
            tellEndedQuarantines();
            long now = System.nanoTime();
            lastBusy = busy ? now : lastBusy;
            if (now - lastBusy < IDLE_AFTER_NANOS) {
                LockSupport.parkNanos(LOOK_NANOS);
            } else {
                idle();
                lastBusy = System.nanoTime();
            }
        }
    }

    private void idle() {
        watchdogIdle = true;
        // A call that began before the line above did not see it.
        if (!closed && workers.stream().noneMatch(ScriptWorker::isBusy)) {
            OptionalLong next = queue.untilQuarantineEnds();
            if (next.isPresent()) {
                LockSupport.parkNanos(this, next.getAsLong());
            } else {
                LockSupport.park(this);
            }
        }
        watchdogIdle = false;
    }

    private void tellEndedQuarantines() {
        for (ParserRef ref : queue.endedQuarantines()) {
            for (Consumer<ParserRef> listener : listeners) {
                answers.execute(() -> listener.accept(ref));
            }
        }
    }

    private void look(ScriptWorker worker, ScriptWorker.Running running) {
        if (running.run().check()) {
            LostThreads.add(running.run().thread());
            replace(worker);
            limitBroken(worker, running.call(), CallEnd.StoppedBy.LOST, "the call");
        }
    }

    private synchronized void replace(ScriptWorker lost) {
        workers.remove(lost);
        startWorker();
    }

    @Override
    public void close() {
        closed = true;
        queue.close()
                .forEach(call ->
                        answer(call, ScriptResult.Problem.of(Reason.FORMAT_FAILED, "the script runtime is shut down")));
        workers.forEach(
                worker -> worker.running().ifPresent(running -> running.run().cancel()));
        LockSupport.unpark(watchdog);
        answers.shutdown();
    }
}
