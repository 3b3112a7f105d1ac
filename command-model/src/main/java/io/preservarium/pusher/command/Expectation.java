package io.preservarium.pusher.command;

import java.util.Optional;

/** The state that finishes a command well. */
public enum Expectation {
    SENT("sent"),
    DELIVERED("delivered"),
    SUCCEEDED("succeeded");

    private final String word;

    Expectation(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** {@code reply} is another word for {@code succeeded}. */
    public static Optional<Expectation> of(String word) {
        return switch (word) {
            case "sent" -> Optional.of(SENT);
            case "delivered" -> Optional.of(DELIVERED);
            case "succeeded", "reply" -> Optional.of(SUCCEEDED);
            default -> Optional.empty();
        };
    }
}
