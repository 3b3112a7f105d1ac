package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.runtime.CallEnd;
import io.preservarium.pusher.parsers.runtime.CallEnd.StoppedBy;
import io.preservarium.pusher.parsers.runtime.ContextRunner;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker process: runs one call after another, each as it would run in the service, and answers over its standard output.
 * It ends with its standard input, and ends itself when a script cannot be stopped.
 */
public final class WorkerProgram {

    /** By {@code sysexits.h} an internal error of the program; none that a virtual machine ends with. */
    private static final int NOT_TO_BE_STOPPED = 70;
    /** HotSpot's, of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int OUT_OF_MEMORY = 3;

    /** An interruption that works does so in less, on a busy machine too. */
    private static final Duration LEAST_TO_STOP = Duration.ofMillis(250);

    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();
    /** Python counts its own depth; the stack must be deeper than what it allows. */
    private static final long STACK = 16L << 20;

    private final ScriptClock clock;
    private final ScriptLimits limits;
    private final Map<Integer, ParserScript> scripts = new HashMap<>();
    private Optional<Messages.Load> load = Optional.empty();
    private boolean wasLoaded;

    private WorkerProgram(ScriptClock clock, ScriptLimits limits) {
        this.clock = clock;
        this.limits = limits;
    }

    /** Why a process ended that was not killed; empty for what no script is known to cause. */
    static Optional<StoppedBy> why(int exitCode) {
        return switch (exitCode) {
            case NOT_TO_BE_STOPPED -> Optional.of(StoppedBy.TIME);
            case OUT_OF_MEMORY -> Optional.of(StoppedBy.MEMORY);
            default -> Optional.empty();
        };
    }

    /** @param arguments the scripts' clock and the limits, as {@link WorkerArguments} writes them */
    public static void main(String[] arguments) {
        WorkerArguments read = WorkerArguments.read(arguments);
        // The pipe is the program's: whatever else is printed goes to the log.
        InputStream in = System.in;
        OutputStream out = System.out;
        System.setOut(System.err);
        System.setIn(InputStream.nullInputStream());
        WorkerProgram program = new WorkerProgram(read.clock(), read.limits());
        Thread.ofPlatform().name("worker").stackSize(STACK).start(() -> program.serve(in, out));
    }

    private void serve(InputStream input, OutputStream output) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(input));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(output))) {
            ContextRunner runner =
                    new ContextRunner(new ScriptSandbox(), clock, limits, timeToStop(limits.call()), new Loads());
            runner.warm();
            Thread.ofPlatform().daemon().name("watchdog").start(() -> watch(runner));
            Messages.ready(out);
            while (true) {
                Messages.Request request = Messages.readRequest(in);
                if (!runner.isWarm()) {
                    runner.warm();
                }
                Messages.write(out, run(runner, request));
            }
        } catch (EOFException e) {
            end(0);
        } catch (IOException | RuntimeException | Error e) {
            // The service starts another one; what it was stands in its log.
            System.err.println("the worker process of the script runtime ends: " + e);
            end(1);
        }
    }

    private static Duration timeToStop(Duration callLimit) {
        return callLimit.compareTo(LEAST_TO_STOP) < 0 ? LEAST_TO_STOP : callLimit;
    }

    private Messages.Answer run(ContextRunner runner, Messages.Request request) throws IOException {
        request.forget().forEach(scripts::remove);
        request.text().ifPresent(text -> scripts.put(request.script(), text));
        ParserScript script = scripts.get(request.script());
        if (script == null) {
            throw new IOException("no script has the number " + request.script());
        }
        load = Optional.empty();
        CallEnd end = runner.run(ScriptCall.at(request.now(), script, request.work()), request::isSuspect);
        return new Messages.Answer(end, wasLoaded, load);
    }

    /** Looks for what is not to be stopped, in which case the process is the smallest thing that can be ended. */
    private static void watch(ContextRunner runner) {
        while (true) {
            if (runner.running().filter(run -> run.check()).isPresent()) {
                Runtime.getRuntime().halt(NOT_TO_BE_STOPPED);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Without waiting for engine threads. */
    private static void end(int code) {
        Runtime.getRuntime().halt(code);
    }

    /** Keeps what is to be told with the answer. */
    private final class Loads implements ParserMetrics {

        @Override
        public void looked(ParserRef ref, boolean hit) {
            wasLoaded = hit;
        }

        @Override
        public void loaded(ParserRef ref, boolean success, Duration took) {
            load = Optional.of(new Messages.Load(success, took));
        }

        @Override
        public void formatted(ParserRef ref, boolean success, Duration took) {
            // The service counts its calls.
        }

        @Override
        public void parsed(ParserRef ref, boolean success, Duration took) {
            // The service counts its calls.
        }

        @Override
        public void matched(ParserRef ref, boolean success, Duration took) {
            // The service counts its calls.
        }
    }
}
