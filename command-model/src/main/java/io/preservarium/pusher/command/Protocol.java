package io.preservarium.pusher.command;

import java.util.Optional;

/** The protocol a command leaves by; one connector serves each. */
public enum Protocol {
    COAP("coap"),
    MQTT("mqtt");

    private final String word;

    Protocol(String word) {
        this.word = word;
    }

    /** The word in JSON, headers and metrics. */
    public String word() {
        return word;
    }

    public static Optional<Protocol> of(String word) {
        for (Protocol protocol : values()) {
            if (protocol.word.equals(word)) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }
}
