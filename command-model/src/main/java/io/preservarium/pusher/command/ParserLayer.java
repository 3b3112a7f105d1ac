package io.preservarium.pusher.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where scripts come from, lowest first: a script of a later layer shadows one of the same name below it. */
public enum ParserLayer {
    /** Packaged with the connector. */
    SHIPPED,
    /** {@code PARSER_SCRIPTS_DIR}. */
    DIRECTORY,
    /** The topic that REST and ConfigMaps write to. */
    TOPIC;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ParserLayer> ofWord(String word) {
        return Arrays.stream(values())
                .filter(layer -> layer.word().equals(word))
                .findFirst();
    }
}
