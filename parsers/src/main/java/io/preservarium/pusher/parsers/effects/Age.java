package io.preservarium.pusher.parsers.effects;

/** How far an object is known to be no part of a script's state, the least first. */
enum Age {
    OLD,
    /** Made by the call, but it may hold old ones. */
    NEW,
    /** Made by code that knows nothing of the script, with all that it holds. */
    FOREIGN;

    Age or(Age other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** Of what it holds. */
    Age ofPart() {
        return this == FOREIGN ? FOREIGN : OLD;
    }
}
