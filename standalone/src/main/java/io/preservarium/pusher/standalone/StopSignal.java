package io.preservarium.pusher.standalone;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/**
 * SIGTERM, SIGHUP and Ctrl-C as an event that the main thread waits for, so that everything is closed in order and by
 * it. Not a shutdown hook: while those run, Kafka and the MQTT broker cannot even start or stop properly, because they
 * add and remove hooks of their own, and a stop in order would end with exit code 143.
 */
final class StopSignal {

    private static final List<String> SIGNALS = List.of("TERM", "HUP", "INT");
    private static final int KILLED_BY_USER = 130;

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final AtomicInteger exitCode = new AtomicInteger();

    /** From now on the signals stop this process in order; until then they end it as usual. */
    static StopSignal ofThisProcess() {
        StopSignal stop = new StopSignal();
        for (String signal : SIGNALS) {
            Signal.handle(new Signal(signal), received -> stop.ask());
        }
        return stop;
    }

    /** Who asks twice does not want to wait. */
    private void ask() {
        if (!asked.complete(null)) {
            Runtime.getRuntime().halt(KILLED_BY_USER);
        }
    }

    /** Asks for the end because a part of this process gave up. */
    void fail() {
        exitCode.set(1);
        asked.complete(null);
    }

    boolean isAsked() {
        return asked.isDone();
    }

    int exitCode() {
        return exitCode.get();
    }

    /** Completes when asked to stop. */
    CompletableFuture<Void> asked() {
        return asked.copy();
    }

    /** Waits that long, or until asked to stop; true when asked. */
    boolean await(Duration atMost) throws InterruptedException {
        try {
            asked.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // never completed so
        }
    }
}
