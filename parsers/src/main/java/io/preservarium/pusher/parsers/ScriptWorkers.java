package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The threads that run scripts and the watchdog that stops what breaks its limits. */
final class ScriptWorkers implements AutoCloseable {

    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

    private final ScriptSandbox sandbox;
    private final ScriptClock clock;
    private final ScriptLimits limits;
    private final ParserMetrics metrics;
    private final String name;
    private final ScriptQueue queue;
    private final List<ScriptWorker> workers = new CopyOnWriteArrayList<>();
    private final AtomicInteger started = new AtomicInteger();
    private final ReentrantLock warming = new ReentrantLock();
    private final Thread watchdog;
    // What a caller does with a result must neither hold up a worker nor fall under a script's limits.
    private final ExecutorService answers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("parser-answer-", 0).factory());
    private volatile boolean watchdogIdle;
    private volatile boolean closed;

    ScriptWorkers(String name, ScriptSandbox sandbox, ScriptClock clock, ScriptLimits limits, ParserMetrics metrics) {
        this.name = name;
        this.sandbox = sandbox;
        this.clock = clock;
        this.limits = limits;
        this.metrics = metrics;
        this.queue = new ScriptQueue(limits);
        this.watchdog = Thread.ofPlatform().daemon().name(name + "-watchdog").unstarted(this::watch);
    }

    void start() {
        for (int i = 0; i < limits.contexts(); i++) {
            startWorker();
        }
        watchdog.start();
    }

    private void startWorker() {
        String workerName = name + "-" + started.incrementAndGet();
        ScriptWorker worker =
                new ScriptWorker(this, workerName, new WorkerContexts(sandbox, clock, limits.output()), queue);
        workers.add(worker);
        Thread.ofPlatform()
                .daemon()
                .name(workerName)
                // Python counts its own depth; the stack must be deeper than what it allows.
                .stackSize(16L << 20)
                .start(worker);
    }

    ScriptLimits limits() {
        return limits;
    }

    ParserMetrics metrics() {
        return metrics;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether every worker has its context, so that a call starts at once. */
    boolean isWarm() {
        return workers.stream().allMatch(ScriptWorker::isReady);
    }

    /** One context after another: the first pays for the engine, those after it take a fraction, and none waits for both. */
    void warm(Runnable makeContext) {
        warming.lock();
        try {
            makeContext.run();
        } finally {
            warming.unlock();
        }
    }

    /** The result comes on another thread than the caller's or the script's. */
    CompletionStage<ScriptResult> submit(ScriptCall call) {
        queue.submit(call).ifPresent(problem -> call.result().complete(problem));
        return call.result();
    }

    void answer(ScriptCall call, ScriptResult result) {
        try {
            answers.execute(() -> call.result().complete(result));
        } catch (RejectedExecutionException e) {
            // Shutting down; nobody's answer is lost for that.
            call.result().complete(result);
        }
    }

    /** The call was stopped; what waited behind it is answered too if that was once too often. */
    void broke(ScriptCall call, ScriptSpell.State why, String doing) {
        String what =
                switch (why) {
                    case OUT_OF_TIME, LOST -> doing + " took longer than it may";
                    case OUT_OF_MEMORY -> doing + " took more memory than it may, " + (limits.memory() >> 20) + " MiB";
                    case RUNNING, DONE -> throw new IllegalArgumentException("a call that was not stopped: " + why);
                };
        ParsersLog.limitBroken(call.version(), what);
        List<ScriptCall> refused = queue.broke(call, why == ScriptSpell.State.LOST);
        String stopped = what + " and was stopped (" + call.script().ref() + ")";
        answer(call, ScriptResult.Problem.of(Reason.FORMAT_TIMEOUT, stopped));
        String refusal = queue.refusal(call.version()).orElse(stopped);
        for (ScriptCall waiting : refused) {
            answer(waiting, ScriptResult.Problem.of(Reason.FORMAT_TIMEOUT, refusal));
        }
    }

    void spellBegan() {
        if (watchdogIdle) {
            LockSupport.unpark(watchdog);
        }
    }

    private void watch() {
        while (!closed) {
            boolean busy = false;
            for (ScriptWorker worker : workers) {
                busy |= worker.running().isPresent();
                try {
                    worker.running().ifPresent(running -> look(worker, running));
                } catch (RuntimeException | Error e) {
                    // Without the watchdog nothing would ever be stopped again.
                    ParsersLog.watchdogFailed(e);
                }
            }
            if (busy) {
                LockSupport.parkNanos(LOOK_NANOS);
            } else {
                watchdogIdle = true;
                // A spell that began before the line above did not see it.
                if (workers.stream().allMatch(worker -> worker.running().isEmpty())) {
                    LockSupport.park(this);
                }
                watchdogIdle = false;
            }
        }
    }

    private void look(ScriptWorker worker, ScriptWorker.Running running) {
        if (running.spell().check()) {
            workers.remove(worker);
            startWorker();
            broke(running.call(), ScriptSpell.State.LOST, "the call");
        }
    }

    @Override
    public void close() {
        closed = true;
        queue.close()
                .forEach(call ->
                        answer(call, ScriptResult.Problem.of(Reason.FORMAT_FAILED, "the script runtime is shut down")));
        workers.forEach(
                worker -> worker.running().ifPresent(running -> running.spell().cancel()));
        LockSupport.unpark(watchdog);
        answers.shutdown();
    }
}
