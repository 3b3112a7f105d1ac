package io.preservarium.pusher.parsers.effects;

import static io.preservarium.pusher.parsers.effects.Words.words;

import java.util.Set;

/** What is known of the results of functions that are not the script's. */
final class KnownResults {

    /** Builtins that give numbers, texts and what else holds nothing that could be changed. */
    private static final Set<String> PLAIN_BUILTINS = words("""
            abs all any bin bool bytearray bytes chr complex divmod float format hash hex int
            isinstance len oct ord range repr round str
            """);

    /** Builtins that give something new, which holds what they were given. */
    private static final Set<String> NEW_BUILTINS =
            words("dict enumerate frozenset list reversed set sorted sum tuple zip");

    /** Methods of texts, bytes, numbers and messages. */
    private static final Set<String> PLAIN_METHODS = words("""
            SerializeToString bit_length decode digest encode endswith format from_bytes fromhex
            hex hexdigest join lower lstrip pack replace rstrip split startswith strip to_bytes
            tobytes upper
            """);

    private static final Set<String> NEW_METHODS = words("copy items keys values");

    /** Modules whose functions give back what they are given. */
    private static final Set<String> PASSING_ON = words("functools itertools operator");

    private KnownResults() {}

    static boolean isPlain(String builtin) {
        return PLAIN_BUILTINS.contains(builtin);
    }

    static boolean isNew(String builtin) {
        return NEW_BUILTINS.contains(builtin);
    }

    static Age ofBuiltin(String name) {
        if (isPlain(name)) {
            return Age.FOREIGN;
        }
        return isNew(name) ? Age.NEW : Age.OLD;
    }

    static Age ofMethod(String name) {
        if (PLAIN_METHODS.contains(name)) {
            return Age.FOREIGN;
        }
        return NEW_METHODS.contains(name) ? Age.NEW : Age.OLD;
    }

    static Age ofModule(String module, String function) {
        if (module.equals("copy") && !function.equals("deepcopy")) {
            return Age.NEW;
        }
        return PASSING_ON.contains(module) ? Age.OLD : Age.FOREIGN;
    }
}
