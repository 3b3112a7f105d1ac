package io.preservarium.pusher.parsers.process;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A worker process that runs, and the pipe to it. Used by one thread; {@link #kill} by any. */
final class WorkerProcess implements AutoCloseable {

    /** The process ended or said what no worker says. */
    static final class EndedException extends IOException {

        private static final long serialVersionUID = 1L;

        /** As the process gave it. */
        private final int exitCode;

        EndedException(int exitCode, IOException cause) {
            super("the worker process ended with code " + exitCode, cause);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    /** A machine that is busy with many starts takes its time. */
    private static final Duration START = Duration.ofMinutes(2);

    private static final Duration END = Duration.ofSeconds(5);

    private final Process process;
    private final DataInputStream in;
    private final DataOutputStream out;

    private WorkerProcess(Process process) {
        this.process = process;
        this.in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    }

    /** Returns when scripts can run in it. */
    static WorkerProcess start(ProcessBuilder program) throws IOException {
        WorkerProcess started = new WorkerProcess(program.start());
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                started::kill, CompletableFuture.delayedExecutor(START.toMillis(), TimeUnit.MILLISECONDS));
        try {
            Messages.awaitReady(started.in);
            return started;
        } catch (IOException e) {
            throw started.ended(e);
        } finally {
            late.cancel(false);
        }
    }

    Messages.Answer call(Messages.Request request) throws EndedException {
        try {
            Messages.write(out, request);
            return Messages.readAnswer(in);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private EndedException ended(IOException cause) {
        if (!(cause instanceof EOFException)) {
            // It lives and says what no worker says, or it is gone already.
            kill();
        }
        try {
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
            return new EndedException(process.isAlive() ? -1 : process.exitValue(), cause);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            return new EndedException(-1, cause);
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
