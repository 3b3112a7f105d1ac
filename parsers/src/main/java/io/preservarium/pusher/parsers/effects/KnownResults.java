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

    /** Modules that give texts, numbers, and what they made of them. */
    private static final Set<String> PLAIN_MODULES = words("""
            base64 binascii calendar cmath datetime decimal fractions hashlib hmac html ipaddress json logging math numbers re
            secrets statistics string struct textwrap time unicodedata urllib uuid zlib zoneinfo
            """);

    /** Modules that give new objects, which hold what they were given. */
    private static final Set<String> NEW_MODULES = words("array collections copy dataclasses enum io");

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

    /** Of a member of a module; what is not known may give back what it is given. */
    static Age ofModule(String module, String member) {
        String top = SharedNames.topOf(module);
        boolean isOfMessages = top.equals("google") || module.endsWith("_pb2");
        if (isOfMessages || PLAIN_MODULES.contains(top) || top.equals("copy") && member.equals("deepcopy")) {
            return Age.FOREIGN;
        }
        return NEW_MODULES.contains(top) ? Age.NEW : Age.OLD;
    }
}
