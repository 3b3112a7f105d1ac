package io.preservarium.pusher.parsers.effects;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a Python script may change beside the objects that a call makes for itself. Read from its text with suspicion: what
 * only looks like a change costs time and no result.
 *
 * @param sharedOnLoad whether loading it may change what the scripts of a context share
 * @param inCalls what its calls may change
 * @param exposed names of the classes and functions whose attributes may be among that
 */
public record ScriptEffects(boolean sharedOnLoad, Set<Kind> inCalls, Set<String> exposed) {

    /** Whose state it is; {@code state.py} compares and puts back each in its own way. */
    public enum Kind {
        /** What the scripts of a context share: modules of Python, their classes, builtins, settings. */
        SHARED,
        /** Which objects the script's globals name. */
        NAMES,
        /** Lists, dicts, sets, arrays of bytes. */
        CONTAINERS,
        /** Attributes of objects. */
        OBJECTS,
        /** Attributes of classes and functions. */
        CLASSES,
        /** Variables of outer functions. */
        CELLS
    }

    private static final ScriptEffects NONE = new ScriptEffects(false, Set.of(), Set.of());
    /** Whatever the classes and functions are called. */
    static final ScriptEffects ALL = new ScriptEffects(true, EnumSet.allOf(Kind.class), Set.of("*"));

    /** Of a script that Python cannot read, none, because it will not load; of one that is too much for the parser, all. */
    public static ScriptEffects ofPython(String source) {
        try {
            return SyntaxTree.parse(source)
                    .map(tree -> new EffectsFinder(tree).find())
                    .orElse(NONE);
        } catch (StackOverflowError | SyntaxTree.TooLongException e) {
            return ALL;
        }
    }

    /** Whether scripts beside it could notice. */
    public boolean reachesOthers() {
        return sharedOnLoad || inCalls.contains(Kind.SHARED);
    }

    /** For {@code state.py}: names of kinds, a semicolon, names of classes and functions. */
    public String text() {
        return inCalls.stream()
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" "))
                + ";"
                + String.join(" ", exposed);
    }
}
