package io.preservarium.pusher.parsers.effects;

import java.util.Set;

/** Long sets of names, written as a text. */
final class Words {

    private Words() {}

    static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }
}
