package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ParserRef;

/** The language of a script, told by the end of its name. */
public enum ScriptLanguage {
    PYTHON,
    JAVASCRIPT;

    public static ScriptLanguage of(ParserRef ref) {
        return ref.value().endsWith(".py") ? PYTHON : JAVASCRIPT;
    }
}
