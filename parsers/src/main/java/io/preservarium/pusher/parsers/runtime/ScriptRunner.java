package io.preservarium.pusher.parsers.runtime;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Where the calls of one worker run. Used by the worker's thread; only {@link #running} by the watchdog. */
public interface ScriptRunner extends AutoCloseable {

    /** A run that the watchdog looks at. */
    interface Run {

        /** Stops it when it has used too much; true at the moment when it is found that nothing stops it. */
        boolean check();

        /** Stops it whatever it has used. */
        void cancel();

        /** On which it runs. */
        Thread thread();
    }

    /** Whether a call can run at once. */
    boolean isWarm();

    /** Makes it so, which may take seconds; throws when it cannot. */
    void warm();

    /**
     * Runs the call to its end.
     *
     * @param isSuspect whether its script broke a limit lately, so that it gets no time for being cold
     */
    CallEnd run(ScriptCall call, BooleanSupplier isSuspect);

    Optional<Run> running();

    @Override
    void close();
}
