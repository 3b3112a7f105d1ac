package io.preservarium.pusher.command.wire;

/** A field that breaks its rule; the message names the rule and, where it is short, the value. */
public record Violation(String field, String message) {
    @Override
    public String toString() {
        return field.isEmpty() ? message : field + ": " + message;
    }
}
