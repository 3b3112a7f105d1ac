package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserRef;

/** The language of a script, told by the end of its name. */
enum ScriptLanguage {
    PYTHON,
    JAVASCRIPT;

    static ScriptLanguage of(ParserRef ref) {
        return ref.value().endsWith(".py") ? PYTHON : JAVASCRIPT;
    }
}
