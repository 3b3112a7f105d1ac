package io.preservarium.pusher.parsers;

/** The clock that scripts see: the machine's, or for examples one that can be set. */
enum ScriptClock {
    REAL,
    SETTABLE
}
