package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.parsers.context.ScriptResult;
import java.time.Duration;

/** How a call ended; {@code took} is the time in the script. */
public sealed interface CallEnd {

    Duration took();

    /** The script came back within its limits. */
    record Answered(ScriptResult result, Duration took) implements CallEnd {}

    /** The engine or the runtime around it gave up, within the limits. */
    record Broken(String why, Duration took) implements CallEnd {}

    /** A limit was broken while {@code doing}, such as "the call". */
    record Stopped(StoppedBy why, String doing, Duration took) implements CallEnd {

        /** How {@code doing} begins before the script is loaded. */
        public static final String LOADING = "loading the script";

        static boolean isLoading(String doing) {
            return doing.startsWith(LOADING);
        }
    }

    /** What ended a call before the script did. */
    enum StoppedBy {
        TIME,
        MEMORY,
        /** The script ended its interpreter. */
        EXIT,
        /** The process that it ran in ended, twice. */
        CRASH,
        /** Nothing could stop it: its thread is given up. */
        LOST
    }
}
