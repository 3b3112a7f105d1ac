package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.StatusEvent;
import java.util.List;

/** A field that breaks its rule; the message names the rule and, where it is short, the value. */
public record Violation(String field, String message) {

    /** All in one line that fits into an event and a header. */
    static String line(List<Violation> violations) {
        return ForeignText.bounded(
                String.join("; ", violations.stream().map(Violation::toString).toList()),
                StatusEvent.MAX_MESSAGE_LENGTH);
    }

    @Override
    public String toString() {
        return field.isEmpty() ? message : field + ": " + message;
    }
}
