package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that runs one call after another, each to its end. */
final class ScriptWorker implements Runnable {

    /** A run and the call it belongs to, as the watchdog sees them. */
    record Running(ScriptRunner.Run run, ScriptCall call) {}

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final ScriptWorkers workers;
    private final String name;
    private final ScriptRunner runner;
    private final ScriptQueue queue;
    private final ParserMetrics metrics;
    private volatile @Nullable ScriptCall current;
    private volatile boolean ready;

    ScriptWorker(ScriptWorkers workers, String name, ScriptRunner runner, ScriptQueue queue) {
        this.workers = workers;
        this.name = name;
        this.runner = runner;
        this.queue = queue;
        this.metrics = workers.metrics();
    }

    Optional<Running> running() {
        ScriptCall call = current;
        return call == null ? Optional.empty() : runner.running().map(run -> new Running(run, call));
    }

    boolean isBusy() {
        return current != null;
    }

    boolean isReady() {
        return ready;
    }

    @Override
    public void run() {
        After last = After.STOPPED;
        boolean arrived = false;
        while (last != After.LOST && !workers.isClosed()) {
            if (!runner.isWarm()) {
                if (arrived) {
                    queue.leave();
                    arrived = false;
                }
                if (!warm()) {
                    continue;
                }
            }
            if (!arrived) {
                queue.arrive();
            }
            Optional<ScriptCall> call = queue.take(this);
            if (call.isPresent()) {
                last = run(call.get());
                arrived = last == After.ANSWERED;
            }
        }
        ready = false;
        try {
            runner.close();
        } catch (RuntimeException | Error e) {
            ParsersLog.LOG.contextFailed(e, name);
        }
    }

    private boolean warm() {
        ready = false;
        try {
            workers.warm(() -> {
                long start = System.nanoTime();
                runner.warm();
                ParsersLog.LOG.contextReady(
                        name, Duration.ofNanos(System.nanoTime() - start).toMillis());
            });
            ready = true;
            workers.becameReady();
            return true;
        } catch (RuntimeException | Error e) {
            if (!workers.isClosed()) {
                ParsersLog.LOG.contextFailed(e, name);
                LockSupport.parkNanos(RETRY_NANOS);
            }
            return false;
        }
    }

    /** How a call left this worker. */
    private enum After {
        /** About to take the next call. */
        ANSWERED,
        /** A limit was broken here. */
        STOPPED,
        /** The watchdog gave this thread up meanwhile. */
        LOST
    }

    /** Runs the call to its answer. */
    private After run(ScriptCall call) {
        Optional<ScriptResult> refusal = queue.refusal(call);
        if (refusal.isPresent()) {
            // Limits were broken after this call had come in.
            queue.notRun(call);
            workers.answer(call, refusal.get());
            return After.ANSWERED;
        }
        current = call;
        workers.callBegins();
        CallEnd end;
        try {
            end = runner.run(call, () -> queue.isSuspect(call.version()));
        } catch (RuntimeException | Error e) {
            // A worker must not end of anything that a script or the engine does.
            ParsersLog.LOG.broken(e, call.script().ref());
            end = new CallEnd.Broken(
                    "the script runtime failed: " + e + " (" + call.script().ref() + ")", Duration.ZERO);
        }
        current = null;
        ready = runner.isWarm();
        return finish(call, end);
    }

    private After finish(ScriptCall call, CallEnd end) {
        switch (end) {
            case CallEnd.Answered(ScriptResult result, Duration took) -> {
                queue.limitsKept(call);
                count(call, !(result instanceof ScriptResult.Problem), took);
                workers.answer(call, result);
                return After.ANSWERED;
            }
            case CallEnd.Broken(String why, Duration took) -> {
                queue.limitsKept(call);
                count(call, false, took);
                workers.answer(call, ScriptResult.Problem.of(Reason.FORMAT_FAILED, why));
                return After.ANSWERED;
            }
            case CallEnd.Stopped stopped -> {
                count(call, false, stopped.took());
                if (stopped.why() == CallEnd.StoppedBy.LOST) {
                    // The watchdog has answered and put another worker in this one's place.
                    return After.LOST;
                }
                workers.limitBroken(this, call, stopped.why(), stopped.doing());
                return After.STOPPED;
            }
        }
    }

    private void count(ScriptCall call, boolean success, Duration took) {
        switch (call.work()) {
            case ScriptCall.Work.Format format ->
                metrics.formatted(call.script().ref(), success, took);
            case ScriptCall.Work.Parse parse -> metrics.parsed(call.script().ref(), success, took);
            case ScriptCall.Work.MatchReply match ->
                metrics.matched(call.script().ref(), success, took);
            case ScriptCall.Work.ReadDeviceId read -> {
                // Only examples ask for it alone.
            }
        }
    }
}
