package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.runtime.ScriptWorkers;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The workers in this process and those with processes of their own; each kind is started when a script first needs it. */
public final class WorkerPools implements AutoCloseable {

    private enum Kind {
        CONTEXTS,
        PROCESSES
    }

    private final String name;
    private final Isolation isolation;
    private final ScriptSandbox sandbox;
    private final ScriptClock clock;
    private final ScriptLimits limits;
    private final ParserMetrics metrics;
    private final List<Consumer<ParserRef>> listeners = new ArrayList<>();
    private final Map<Kind, ScriptWorkers> started = new ConcurrentHashMap<>();

    public WorkerPools(
            String name,
            Isolation isolation,
            ScriptSandbox sandbox,
            ScriptClock clock,
            ScriptLimits limits,
            ParserMetrics metrics) {
        this.name = name;
        this.isolation = isolation;
        this.sandbox = sandbox;
        this.clock = clock;
        this.limits = limits;
        this.metrics = metrics;
    }

    public ScriptLimits limits() {
        return limits;
    }

    /** Begins to get ready for scripts of this domain. */
    public void prepare(TrustDomain domain) {
        workers(domain);
    }

    /** The result comes on another thread than the caller's or the script's. */
    public CompletionStage<ScriptResult> submit(ScriptCall call) {
        return workers(call.script().domain()).submit(call);
    }

    private ScriptWorkers workers(TrustDomain domain) {
        Kind kind = isolation.ownProcess(domain) ? Kind.PROCESSES : Kind.CONTEXTS;
        ScriptWorkers present = started.get(kind);
        return present == null ? start(kind) : present;
    }

    private synchronized ScriptWorkers start(Kind kind) {
        ScriptWorkers present = started.get(kind);
        if (present != null) {
            return present;
        }
        ScriptWorkers fresh =
                switch (kind) {
                    case CONTEXTS -> ScriptWorkers.inContexts(name, sandbox, clock, limits, metrics);
                    case PROCESSES -> inProcesses();
                };
        started.put(kind, fresh);
        listeners.forEach(fresh::whenQuarantineEnds);
        fresh.start();
        return fresh;
    }

    private ScriptWorkers inProcesses() {
        WorkerCommand command = new WorkerCommand(new WorkerArguments(clock, limits));
        return new ScriptWorkers(
                name + "-process",
                limits,
                metrics,
                ScriptWorkers.Growth.ON_DEMAND,
                guarded -> new ProcessRunner(command, limits, guarded));
    }

    /** Whether a call of each kind that was started can run now. */
    public boolean isReady() {
        return !started.isEmpty() && started.values().stream().allMatch(ScriptWorkers::isReady);
    }

    /** Whether every worker of each kind that was started has what it needs. */
    public boolean isWarm() {
        return !started.isEmpty() && started.values().stream().allMatch(ScriptWorkers::isWarm);
    }

    /** Calls {@code listener} when a script's quarantine has ended. It must not block. */
    public synchronized void whenQuarantineEnds(Consumer<ParserRef> listener) {
        listeners.add(listener);
        started.values().forEach(workers -> workers.whenQuarantineEnds(listener));
    }

    @Override
    public synchronized void close() {
        started.values().forEach(ScriptWorkers::close);
    }
}
