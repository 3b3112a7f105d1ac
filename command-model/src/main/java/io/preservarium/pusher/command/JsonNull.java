package io.preservarium.pusher.command;

/** A JSON null inside a payload, where it is a value of its own and not the absence of one. */
public enum JsonNull {
    NULL;

    @Override
    public String toString() {
        return "null";
    }
}
