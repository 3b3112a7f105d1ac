package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.parsers.context.LoadedScript;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptLanguage;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.context.WorkerContexts;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.graalvm.polyglot.PolyglotException;
import org.jspecify.annotations.Nullable;

/** Runs calls in contexts of this process. */
public final class ContextRunner implements ScriptRunner {

    /** What a run gave. */
    private sealed interface Ran<T> {
        record Value<T>(T value, Duration took) implements Ran<T> {}

        record Stopped<T>(CallEnd.StoppedBy why, Duration took) implements Ran<T> {}

        record Broken<T>(Throwable cause, Duration took) implements Ran<T> {}
    }

    private final WorkerContexts contexts;
    private final ScriptLimits limits;
    private final Duration lostAfter;
    private final ParserMetrics metrics;
    private volatile @Nullable LimitedRun running;

    /** @param lostAfter how long after it was stopped a script that goes on is given up */
    public ContextRunner(
            ScriptSandbox sandbox, ScriptClock clock, ScriptLimits limits, Duration lostAfter, ParserMetrics metrics) {
        this.contexts = new WorkerContexts(sandbox, clock, limits.output(), limits.domains());
        this.limits = limits;
        this.lostAfter = lostAfter;
        this.metrics = metrics;
    }

    @Override
    public Optional<Run> running() {
        return Optional.ofNullable(running);
    }

    @Override
    public boolean isWarm() {
        return contexts.isWarm();
    }

    @Override
    public void warm() {
        contexts.warm();
    }

    @Override
    public CallEnd run(ScriptCall call, BooleanSupplier isSuspect) {
        Optional<LoadedScript> known;
        try {
            contexts.enter(call.script(), call.now());
            known = contexts.loaded(call.script());
            if (known.isEmpty() && call.script().size() <= limits.script()) {
                contexts.prepare(call.script());
            }
        } catch (RuntimeException | Error e) {
            return broken(call, new Ran.Broken<ScriptResult>(e, Duration.ZERO), "getting ready for the script");
        }
        metrics.looked(call.script().ref(), known.isPresent());
        LoadedScript loaded;
        if (known.isPresent()) {
            loaded = known.get();
        } else {
            Ran<LoadedScript> ran = watched(call, limits.load(), () -> load(call.script()));
            switch (ran) {
                case Ran.Value<LoadedScript> value -> {
                    loaded = value.value();
                    metrics.loaded(call.script().ref(), !(loaded instanceof LoadedScript.Invalid), value.took());
                }
                case Ran.Stopped<LoadedScript> stopped -> {
                    metrics.loaded(call.script().ref(), false, stopped.took());
                    return new CallEnd.Stopped(stopped.why(), CallEnd.Stopped.LOADING, stopped.took());
                }
                case Ran.Broken<LoadedScript> broken -> {
                    metrics.loaded(call.script().ref(), false, broken.took());
                    return broken(call, broken, CallEnd.Stopped.LOADING);
                }
            }
        }
        // The first call in a context imports and compiles; that is not the command's fault.
        boolean cold = contexts.isFirstCall(call.script()) && !isSuspect.getAsBoolean();
        Ran<ScriptResult> ran = watched(call, cold ? limits.load() : limits.call(), () -> call.run(loaded));
        return switch (ran) {
            case Ran.Value<ScriptResult> value -> new CallEnd.Answered(value.value(), value.took());
            case Ran.Stopped<ScriptResult> stopped -> new CallEnd.Stopped(stopped.why(), "the call", stopped.took());
            case Ran.Broken<ScriptResult> broken -> broken(call, broken, "the call");
        };
    }

    private LoadedScript load(ParserScript script) {
        return script.size() > limits.script()
                ? new LoadedScript.Invalid("script and companions have " + script.size()
                        + " bytes, more than the limit of " + limits.script())
                : contexts.load(script);
    }

    private <T> Ran<T> watched(ScriptCall call, Duration limit, Supplier<T> guest) {
        LimitedRun run = new LimitedRun(contexts, limit, limits.memory(), lostAfter);
        running = run;
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
            return new Ran.Stopped<>(stoppedBy(end), run.took());
        }
        if (ran instanceof Ran.Broken<T>) {
            recover(run, call);
        }
        if (ran instanceof Ran.Broken<T> broken && isOutOfMemory(broken.cause())) {
            closing(contexts::close);
            return new Ran.Stopped<>(CallEnd.StoppedBy.MEMORY, run.took());
        }
        if (ran instanceof Ran.Broken<T>(PolyglotException cause, Duration took) && cause.isExit()) {
            return new Ran.Stopped<>(CallEnd.StoppedBy.EXIT, took);
        }
        return ran;
    }

    private static CallEnd.StoppedBy stoppedBy(LimitedRun.State end) {
        return switch (end) {
            case OUT_OF_TIME -> CallEnd.StoppedBy.TIME;
            case OUT_OF_MEMORY -> CallEnd.StoppedBy.MEMORY;
            case LOST -> CallEnd.StoppedBy.LOST;
            case RUNNING, DONE -> throw new IllegalArgumentException("a run that was not stopped: " + end);
        };
    }

    private static boolean isOutOfMemory(Throwable cause) {
        return cause instanceof OutOfMemoryError || cause instanceof PolyglotException e && e.isResourceExhausted();
    }

    private void recover(LimitedRun run, ScriptCall call) {
        contexts.forget(call.script());
        if (ScriptLanguage.of(call.script().ref()) == ScriptLanguage.PYTHON && !isUsable(run)) {
            closing(contexts::closeEntered);
        }
    }

    /** A script may have a say in it; what comes of that must not hide what it did before. */
    private static void closing(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error e) {
            ParsersLog.LOG.contextNotClosed(e);
        }
    }

    private boolean isUsable(LimitedRun run) {
        try {
            return !run.isContextClosed() && contexts.isIntact();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private static CallEnd broken(ScriptCall call, Ran.Broken<?> broken, String doing) {
        return new CallEnd.Broken(describe(call, broken.cause(), doing), broken.took());
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

    /** Also to be made warm again after. */
    @Override
    public void close() {
        contexts.close();
    }
}
