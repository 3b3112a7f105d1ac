package io.preservarium.pusher.parsers.context;

/** The clock that scripts see: the machine's, or for examples one that can be set. */
public enum ScriptClock {
    REAL,
    SETTABLE
}
