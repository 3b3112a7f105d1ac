package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.runtime.CallEnd;
import io.preservarium.pusher.parsers.runtime.CallEnd.StoppedBy;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.ParsersLog;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.runtime.ScriptRunner;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls in a process of its own. The process stops what breaks its limits as this one would, and ends itself where it
 * cannot; should it not even do that, it is killed.
 */
public final class ProcessRunner implements ScriptRunner {

    /** Texts that a process keeps; as many as its contexts keep loaded. */
    private static final int MAX_SCRIPTS = 512;

    /** A process that a script brought down gets the call once more, in case it was not the script. */
    private static final int ATTEMPTS = 2;

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final WorkerCommand program;
    private final ScriptLimits limits;
    private final ParserMetrics metrics;
    private final Map<ParserScript, Integer> known = new LinkedHashMap<>(16, 0.75f, true);
    private int scripts;
    private @Nullable WorkerProcess process;
    private volatile @Nullable Run waiting;

    public ProcessRunner(WorkerCommand program, ScriptLimits limits, ParserMetrics metrics) {
        this.program = program;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** For a process, as long as that takes. */
    private static final class Starting implements Run {

        private final Thread thread = Thread.currentThread();
        private volatile boolean isCancelled;

        @Override
        public boolean check() {
            return false;
        }

        @Override
        public void cancel() {
            isCancelled = true;
            LockSupport.unpark(thread);
        }

        @Override
        public Thread thread() {
            return thread;
        }
    }

    /** For an answer, and not for ever. */
    private static final class Waiting implements Run {

        private final Thread thread = Thread.currentThread();
        private final WorkerProcess process;
        private final long end;
        private volatile boolean killed;

        Waiting(WorkerProcess process, Duration atMost) {
            this.process = process;
            this.end = System.nanoTime() + atMost.toNanos();
        }

        @Override
        public boolean check() {
            if (System.nanoTime() - end > 0) {
                cancel();
            }
            return false;
        }

        @Override
        public void cancel() {
            killed = true;
            process.kill();
        }

        @Override
        public Thread thread() {
            return thread;
        }
    }

    @Override
    public boolean isWarm() {
        return process != null;
    }

    @Override
    public void warm() {
        try {
            process = WorkerProcess.start(program.process());
        } catch (IOException e) {
            throw new UncheckedIOException("no worker process could be started", e);
        }
    }

    @Override
    public Optional<Run> running() {
        return Optional.ofNullable(waiting);
    }

    @Override
    public CallEnd run(ScriptCall call, BooleanSupplier isSuspect) {
        long begin = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            WorkerProcess present = present();
            boolean isNew = !known.containsKey(call.script());
            Waiting run = new Waiting(present, patience(isNew));
            waiting = run;
            try {
                return ask(present, call, isSuspect.getAsBoolean());
            } catch (WorkerProcess.EndedException e) {
                close();
                ParsersLog.LOG.processEnded(call.version().ref(), call.version().sha256(), e.exitCode());
                Optional<StoppedBy> why = run.killed ? Optional.of(StoppedBy.TIME) : WorkerProgram.why(e.exitCode());
                if (why.isPresent() || attempt == ATTEMPTS) {
                    return new CallEnd.Stopped(
                            why.orElse(StoppedBy.CRASH),
                            isNew ? CallEnd.Stopped.LOADING + " or its first call" : "the call",
                            Duration.ofNanos(System.nanoTime() - begin));
                }
            } finally {
                waiting = null;
            }
        }
    }

    /** Starts one if there is none; no call is to blame for a machine that cannot. */
    private WorkerProcess present() {
        Starting starting = new Starting();
        waiting = starting;
        try {
            while (true) {
                WorkerProcess present = process;
                if (present != null) {
                    return present;
                }
                try {
                    warm();
                } catch (UncheckedIOException e) {
                    ParsersLog.LOG.contextFailed(e, starting.thread.getName());
                    LockSupport.parkNanos(RETRY_NANOS);
                    if (starting.isCancelled) {
                        throw e;
                    }
                }
            }
        } finally {
            waiting = null;
        }
    }

    /** What the process would have needed to end the call or itself, with time to spare. */
    private Duration patience(boolean isNew) {
        Duration limit = isNew ? limits.load().multipliedBy(2) : limits.call();
        return ScriptLimits.starving(limit).multipliedBy(2);
    }

    private CallEnd ask(WorkerProcess present, ScriptCall call, boolean isSuspect) throws WorkerProcess.EndedException {
        List<Integer> forget = new ArrayList<>();
        Integer number = known.get(call.script());
        boolean isNew = number == null;
        if (number == null) {
            number = ++scripts;
            known.put(call.script(), number);
            if (known.size() > MAX_SCRIPTS) {
                forget.add(known.remove(known.keySet().iterator().next()));
            }
        }
        Messages.Answer answer = present.call(new Messages.Request(
                number,
                isNew ? Optional.of(call.script()) : Optional.empty(),
                forget,
                call.work(),
                call.now(),
                isSuspect));
        metrics.looked(call.script().ref(), answer.wasLoaded());
        answer.loads().ifPresent(load -> metrics.loaded(call.script().ref(), load.success(), load.took()));
        return checked(answer.end());
    }

    /** The process held to its limits what ran in it, unless that got the better of it. */
    private CallEnd checked(CallEnd end) {
        return end instanceof CallEnd.Answered(ScriptResult.Bytes bytes, Duration took)
                        && bytes.bytes().length > limits.output()
                ? new CallEnd.Stopped(StoppedBy.MEMORY, "the call", took)
                : end;
    }

    /** Also to be made warm again after. */
    @Override
    public void close() {
        WorkerProcess present = process;
        process = null;
        known.clear();
        if (present != null) {
            present.close();
        }
    }
}
