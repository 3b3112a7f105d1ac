package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.LoadedScript;
import io.preservarium.pusher.parsers.context.ScriptLanguage;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.WorkerContexts;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.graalvm.polyglot.PolyglotException;
import org.jspecify.annotations.Nullable;

/** A thread with contexts of its own that runs one call after another. */
final class ScriptWorker implements Runnable {

    /** What a run gave. */
    private sealed interface Ran<T> {
        record Value<T>(T value, Duration took) implements Ran<T> {}

        record Stopped<T>(LimitedRun.State why, Duration took) implements Ran<T> {}

        record Broken<T>(Throwable cause, Duration took) implements Ran<T> {}
    }

    /** A run and the call it belongs to, as the watchdog sees them. */
    record Running(LimitedRun run, ScriptCall call) {}

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final ScriptWorkers workers;
    private final String name;
    private final WorkerContexts contexts;
    private final ScriptQueue queue;
    private final ScriptLimits limits;
    private final ParserMetrics metrics;
    private volatile @Nullable Running running;
    private volatile boolean ready;

    ScriptWorker(ScriptWorkers workers, String name, WorkerContexts contexts, ScriptQueue queue) {
        this.workers = workers;
        this.name = name;
        this.contexts = contexts;
        this.queue = queue;
        this.limits = workers.limits();
        this.metrics = workers.metrics();
    }

    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    boolean isReady() {
        return ready;
    }

    @Override
    public void run() {
        boolean lost = false;
        boolean arrived = false;
        while (!lost && !workers.isClosed()) {
            if (!contexts.isWarm()) {
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
            Optional<ScriptCall> call = queue.take();
            if (call.isPresent()) {
                lost = run(call.get());
                arrived = !lost;
            }
        }
        closeContexts();
    }

    private boolean warm() {
        ready = false;
        try {
            workers.warm(() -> {
                long start = System.nanoTime();
                contexts.warm();
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

    /** Runs the call to its answer; true if the watchdog gave this thread up meanwhile. */
    private boolean run(ScriptCall call) {
        Optional<ScriptResult> refusal = queue.refusal(call);
        if (refusal.isPresent()) {
            // Limits were broken after this call had come in.
            queue.notRun(call);
            workers.answer(call, refusal.get());
            return false;
        }
        Optional<LoadedScript> known;
        try {
            contexts.enter(call.script(), call.now());
            known = contexts.loaded(call.script());
            if (known.isEmpty() && call.script().size() <= limits.script()) {
                contexts.prepare(call.script());
            }
        } catch (RuntimeException | Error e) {
            return finish(call, new Ran.Broken<>(e, Duration.ZERO), "getting ready for the script");
        }
        boolean isKnown = known.isPresent();
        tell(() -> metrics.looked(call.script().ref(), isKnown));
        LoadedScript loaded;
        if (known.isPresent()) {
            loaded = known.get();
        } else {
            Ran<LoadedScript> ran = watched(call, limits.load(), () -> load(call.script()));
            switch (ran) {
                case Ran.Value<LoadedScript> value -> {
                    loaded = value.value();
                    boolean valid = !(loaded instanceof LoadedScript.Invalid);
                    tell(() -> metrics.loaded(call.script().ref(), valid, value.took()));
                }
                case Ran.Stopped<LoadedScript> stopped -> {
                    tell(() -> metrics.loaded(call.script().ref(), false, stopped.took()));
                    return finish(call, new Ran.Stopped<>(stopped.why(), stopped.took()), "loading the script");
                }
                case Ran.Broken<LoadedScript> broken -> {
                    tell(() -> metrics.loaded(call.script().ref(), false, broken.took()));
                    return finish(call, new Ran.Broken<>(broken.cause(), broken.took()), "loading the script");
                }
            }
        }
        // The first call in a context imports and compiles; that is not the command's fault.
        boolean cold = contexts.isFirstCall(call.script()) && !queue.isSuspect(call.version());
        Ran<ScriptResult> ran = watched(call, cold ? limits.load() : limits.call(), () -> call.run(loaded));
        return finish(call, ran, "the call");
    }

    private LoadedScript load(ParserScript script) {
        return script.size() > limits.script()
                ? new LoadedScript.Invalid("script and companions have " + script.size()
                        + " bytes, more than the limit of " + limits.script())
                : contexts.load(script);
    }

    private <T> Ran<T> watched(ScriptCall call, Duration limit, Supplier<T> guest) {
        LimitedRun run = new LimitedRun(contexts, limit, limits.memory());
        running = new Running(run, call);
        workers.runBegins();
        Ran<T> ran;
        try {
            T value = guest.get();
            ran = new Ran.Value<>(value, run.took());
        } catch (RuntimeException | Error e) {
            // Whatever the engine throws must not end the worker; what it was is judged below.
            ran = new Ran.Broken<>(e, run.took());
        }
        LimitedRun.State end = run.end();
        running = null;
        if (end != LimitedRun.State.DONE) {
            recover(run, call);
            return new Ran.Stopped<>(end, run.took());
        }
        if (ran instanceof Ran.Broken<T>) {
            recover(run, call);
        }
        if (ran instanceof Ran.Broken<T> broken && isOutOfMemory(broken.cause())) {
            closeContexts();
            return new Ran.Stopped<>(LimitedRun.State.OUT_OF_MEMORY, run.took());
        }
        if (ran instanceof Ran.Broken<T>(PolyglotException cause, Duration took) && cause.isExit()) {
            return new Ran.Stopped<>(LimitedRun.State.EXITED, took);
        }
        return ran;
    }

    private static boolean isOutOfMemory(Throwable cause) {
        return cause instanceof OutOfMemoryError || cause instanceof PolyglotException e && e.isResourceExhausted();
    }

    private void recover(LimitedRun run, ScriptCall call) {
        contexts.forget(call.script());
        if (ScriptLanguage.of(call.script().ref()) == ScriptLanguage.PYTHON && !isUsable(run, call)) {
            closing(() -> contexts.close(call.script().domain()));
        }
    }

    private boolean isUsable(LimitedRun run, ScriptCall call) {
        try {
            return !run.isContextClosed() && contexts.isIntact(call.script().domain());
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private void closeContexts() {
        ready = false;
        closing(contexts::close);
    }

    private void closing(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error e) {
            ParsersLog.LOG.contextFailed(e, name);
        }
    }

    private boolean finish(ScriptCall call, Ran<ScriptResult> ran, String doing) {
        switch (ran) {
            case Ran.Value<ScriptResult> value -> {
                queue.limitsKept(call);
                count(call, !(value.value() instanceof ScriptResult.Problem), value.took());
                workers.answer(call, value.value());
                return false;
            }
            case Ran.Broken<ScriptResult> broken -> {
                queue.limitsKept(call);
                count(call, false, broken.took());
                workers.answer(
                        call, ScriptResult.Problem.of(Reason.FORMAT_FAILED, describe(call, broken.cause(), doing)));
                return false;
            }
            case Ran.Stopped<ScriptResult> stopped -> {
                count(call, false, stopped.took());
                if (stopped.why() == LimitedRun.State.LOST) {
                    // The watchdog has answered and put another worker in this one's place.
                    return true;
                }
                workers.limitBroken(call, stopped.why(), doing);
                return false;
            }
        }
    }

    /** What the sandbox denies comes out as an error of the engine, past the script's own handlers. */
    private static String describe(ScriptCall call, Throwable cause, String doing) {
        String ref = call.script().ref().value();
        if (cause instanceof PolyglotException) {
            String message =
                    String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown");
            ParsersLog.LOG.engineRefused(
                    call.version().ref(),
                    call.version().sha256(),
                    ForeignText.bounded(message, ScriptResult.MAX_MESSAGE));
            return message + " (" + ref + ")";
        }
        ParsersLog.LOG.broken(cause, call.script().ref());
        return "the script runtime failed at " + doing + ": " + cause + " (" + ref + ")";
    }

    /** A counter that fails must not end the thread. */
    private static void tell(Runnable count) {
        try {
            count.run();
        } catch (RuntimeException e) {
            ParsersLog.LOG.metricsFailed(e);
        }
    }

    private void count(ScriptCall call, boolean success, Duration took) {
        switch (call.work()) {
            case ScriptCall.Work.Format format ->
                tell(() -> metrics.formatted(call.script().ref(), success, took));
            case ScriptCall.Work.Parse parse ->
                tell(() -> metrics.parsed(call.script().ref(), success, took));
            case ScriptCall.Work.ReadDeviceId read -> {
                // Only examples ask for it alone.
            }
        }
    }
}
