package io.preservarium.pusher.api.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which methods each address answers, for the header Allow. RFC 9110 sections 9.3.7 and 15.5.6. */
public final class AllowedMethods {

    private record Call(Pattern path, List<String> methods) {}

    /** The first that fits; a test compares them with the interface description. */
    private static final List<Call> CALLS = List.of(
            call(BodyLimits.COMMANDS, "POST"),
            call(BodyLimits.BATCH, "POST"),
            call(BodyLimits.COMMANDS + "/[^/]+/status", "GET"),
            call(BodyLimits.COMMANDS + "/[^/]+", "DELETE"),
            call(BodyLimits.PARSERS, "GET"),
            call(BodyLimits.PARSERS + "/[^/]+", "GET", "PUT", "DELETE"),
            call("/api/v1/(status|metrics)", "GET"),
            call("/health", "GET"));

    private AllowedMethods() {}

    private static Call call(String path, String... methods) {
        List<String> all = new ArrayList<>(List.of(methods));
        if (all.contains("GET")) {
            all.add("HEAD");
        }
        all.add("OPTIONS");
        return new Call(Pattern.compile(path + "/?"), all);
    }

    /** The value of Allow; empty when nothing is under this path. */
    public static Optional<String> of(String path) {
        return CALLS.stream()
                .filter(call -> call.path().matcher(path).matches())
                .findFirst()
                .map(call -> String.join(", ", call.methods()));
    }
}
