package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of a ConfigMap, as its annotation {@link ParserConfigMaps#STATUS} says it: compact JSON. */
record ParserStatus(
        SortedMap<ParserRef, ScriptOutcome> scripts, SortedMap<String, String> problems, List<String> ignored) {

    private static final String EMPTY = "empty";

    /** The worst of its scripts; {@code empty} if there is none. */
    String state() {
        return Stream.concat(
                        scripts.values().stream().map(ScriptOutcome::state),
                        problems.keySet().stream().map(key -> ScriptOutcome.State.REFUSED))
                .max(ScriptOutcome.State::compareTo)
                .map(ScriptOutcome.State::word)
                .orElse(EMPTY);
    }

    boolean isAny(ScriptOutcome.State state) {
        return scripts.values().stream().anyMatch(outcome -> outcome.state() == state);
    }

    String write(KubernetesSerialization json) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("state", state());
        Map<String, Object> each = new LinkedHashMap<>();
        scripts.forEach((ref, outcome) -> each.put(ref.value(), write(outcome)));
        written.put("scripts", each);
        if (!problems.isEmpty()) {
            written.put("problems", problems);
        }
        if (!ignored.isEmpty()) {
            written.put("ignored", ignored);
        }
        return json.asJson(written);
    }

    private static Map<String, Object> write(ScriptOutcome outcome) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("state", outcome.state().word());
        written.put("content", outcome.content());
        outcome.live().ifPresent(sha -> written.put("sha256", sha.hex()));
        switch (outcome) {
            case ScriptOutcome.Live live -> written.put("examples", live.examples());
            case ScriptOutcome.Waiting waiting -> written.put("message", waiting.message());
            case ScriptOutcome.Owned owned -> written.put("message", owned.message());
            case ScriptOutcome.Refused refused -> written.put("message", refused.message());
        }
        return written;
    }

    /** Empty for what this operator did not write; then everything is looked at anew. */
    static Optional<ParserStatus> read(String text, KubernetesSerialization json) {
        try {
            Map<?, ?> written = json.unmarshal(text, Map.class);
            SortedMap<ParserRef, ScriptOutcome> scripts = new TreeMap<>();
            object(written.get("scripts")).forEach((ref, outcome) -> outcome(object(outcome))
                    .ifPresent(read -> scripts.put(new ParserRef(String.valueOf(ref)), read)));
            SortedMap<String, String> problems = new TreeMap<>();
            object(written.get("problems"))
                    .forEach((key, message) -> problems.put(String.valueOf(key), String.valueOf(message)));
            List<String> ignored = written.get("ignored") instanceof List<?> keys
                    ? keys.stream().map(String::valueOf).toList()
                    : List.of();
            return Optional.of(new ParserStatus(scripts, problems, ignored));
        } catch (RuntimeException e) {
            // Anybody can write anything there.
            return Optional.empty();
        }
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Optional<ScriptOutcome> outcome(Map<?, ?> written) {
        String content = String.valueOf(written.get("content"));
        String message = String.valueOf(written.get("message"));
        Optional<Digest> sha = Optional.ofNullable(written.get("sha256")).map(hex -> new Digest(String.valueOf(hex)));
        return switch (String.valueOf(written.get("state"))) {
            case "live" -> {
                int examples = written.get("examples") instanceof Number number ? number.intValue() : 0;
                yield sha.map(live -> new ScriptOutcome.Live(content, live, examples));
            }
            case "waiting" -> Optional.of(new ScriptOutcome.Waiting(content, message, sha));
            case "owned" -> Optional.of(new ScriptOutcome.Owned(content, message));
            case "refused" -> Optional.of(new ScriptOutcome.Refused(content, message, sha));
            default -> Optional.empty();
        };
    }
}
