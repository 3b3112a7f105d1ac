package io.preservarium.pusher.parsers.effects;

import static io.preservarium.pusher.parsers.effects.Words.words;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which names lead to what the scripts of a context share, which change what they are given, and which are harmless. */
final class SharedNames {

    /** Modules whose members anybody may use. */
    private static final Set<String> HARMLESS = words("""
            __future__ abc array base64 binascii bisect cmath collections copy dataclasses datetime
            enum fractions functools google hashlib heapq hmac html io ipaddress itertools json
            logging math numbers re secrets statistics string struct textwrap typing unicodedata
            urllib uuid zlib
            """);

    /** Modules whose members anybody may use, but for those named. */
    private static final Map<String, Set<String>> HARMLESS_BUT = Map.of(
            "calendar", words("setfirstweekday"),
            "csv", words("register_dialect unregister_dialect field_size_limit"),
            "decimal", words("getcontext setcontext DefaultContext BasicContext ExtendedContext"),
            "operator", words("attrgetter delitem iadd iand iconcat imul ior isub ixor methodcaller setitem"),
            "random", words("seed setstate"),
            "time", words("tzset"),
            "zoneinfo", words("reset_tzpath"));

    /** Modules of which anybody may use what is named, and nothing else. */
    private static final Map<String, Set<String>> RESTRICTED = Map.of(
            "os", words("path getenv linesep name sep urandom"),
            "sys", words("byteorder float_info hexversion implementation maxsize platform version version_info"),
            "types", words("MappingProxyType NoneType SimpleNamespace UnionType"),
            "warnings", words("catch_warnings warn"));

    /** Attributes that lead from an object to what holds it, or around what it forbids. */
    private static final Set<String> REACHING = words("""
            __base__ __bases__ __builtins__ __closure__ __code__ __defaults__ __delattr__
            __delitem__ __dict__ __func__ __getattribute__ __globals__ __import__ __kwdefaults__
            __loader__ __mro__ __reduce__ __reduce_ex__ __self__ __setattr__ __setitem__
            __setstate__ __spec__ __subclasses__ __traceback__ ag_frame cr_frame f_back f_builtins
            f_globals f_locals gi_frame mro tb_frame tb_next
            """);

    private static final Set<String> REACHING_BUILTINS = words("""
            __builtins__ __import__ __loader__ __spec__ breakpoint compile eval exec globals locals
            vars
            """);

    /** Of lists, dicts, sets and what is like them, and of what registers something. */
    private static final Set<String> CHANGING_METHODS = words("""
            __iadd__ __iand__ __imul__ __ior__ __isub__ __ixor__ add append appendleft byteswap clear
            difference_update discard extend extendleft frombytes fromlist insert intersection_update
            move_to_end pop popitem popleft register remove reverse rotate setdefault sort subtract
            symmetric_difference_update update
            """);

    /** Functions of modules that change what they are given. */
    private static final Set<String> CHANGING_FUNCTIONS = words("""
            heapify heappop heappush heappushpop heapreplace insort insort_left insort_right
            pack_into readinto shuffle
            """);

    private SharedNames() {}

    static boolean isReachingAttribute(String name) {
        return REACHING.contains(name);
    }

    static boolean isReachingBuiltin(String name) {
        return REACHING_BUILTINS.contains(name);
    }

    static boolean isChangingMethod(String name) {
        return CHANGING_METHODS.contains(name);
    }

    static boolean isChangingFunction(String name) {
        return CHANGING_FUNCTIONS.contains(name);
    }

    /** Builtins that set or delete the attribute of what they are given first. */
    static boolean setsAttributes(String name) {
        return name.equals("setattr") || name.equals("delattr");
    }

    /** @param member empty for the module as a whole, of which each use is looked at by itself */
    static boolean isOfConcern(String module, Optional<String> member) {
        String top = topOf(module);
        Set<String> allowed = RESTRICTED.get(top);
        if (allowed != null) {
            return member.isPresent() && !module.equals("os.path") && !allowed.contains(member.get());
        }
        Set<String> but = HARMLESS_BUT.get(top);
        if (but != null) {
            return member.filter(but::contains).isPresent();
        }
        return !HARMLESS.contains(top) && !top.endsWith("_pb2");
    }

    static String topOf(String module) {
        int dot = module.indexOf('.');
        return dot < 0 ? module : module.substring(0, dot);
    }
}
