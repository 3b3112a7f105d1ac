package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A ConfigMap read as parser scripts: each {@code .py} and {@code .js} key is one, every {@code .proto} key is a companion of
 * each, {@code <ref>.examples.json} are its examples.
 *
 * @param problems what is wrong with keys that name no script, by key
 * @param ignored keys that mean nothing here
 * @param isReadable false if nothing of it may be acted on
 */
record ParserConfigMap(
        SortedMap<ParserRef, Script> scripts,
        SortedMap<String, String> problems,
        List<String> ignored,
        boolean isReadable) {

    /** Above this the outcome would not fit into an annotation. */
    static final int MOST_KEYS = 100;

    private static final String COMPANION = ".proto";
    private static final String EXAMPLES = ".examples.json";
    private static final String NOT_TEXT = " is not UTF-8 text";
    private static final int CONTENT_DIGITS = 16;

    /** One script; {@code content} is the same as long as nothing changed that a check looks at. */
    sealed interface Script {
        String content();

        record Whole(PublishedScript.Draft draft, String content) implements Script {}

        /** It cannot even be handed over. */
        record Broken(String message, String content) implements Script {}
    }

    static ParserConfigMap of(ConfigMap configMap) {
        Map<String, String> texts = Optional.ofNullable(configMap.getData()).orElse(Map.of());
        Set<String> binary =
                Optional.ofNullable(configMap.getBinaryData()).map(Map::keySet).orElse(Set.of());
        Set<String> keys = new TreeSet<>(texts.keySet());
        keys.addAll(binary);
        return keys.size() > MOST_KEYS ? tooLarge(keys.size()) : new Reader(texts, binary, keys).read();
    }

    private static ParserConfigMap tooLarge(int keys) {
        return new ParserConfigMap(
                new TreeMap<>(),
                new TreeMap<>(Map.of("data", "must have at most " + MOST_KEYS + " keys but has " + keys)),
                List.of(),
                false);
    }

    /** The keys of one ConfigMap, those with text and those without. */
    private record Reader(Map<String, String> texts, Set<String> binary, Set<String> keys) {

        ParserConfigMap read() {
            SortedMap<ParserRef, Script> scripts = new TreeMap<>();
            SortedMap<String, String> problems = new TreeMap<>();
            List<String> ignored = new ArrayList<>();
            for (String key : keys) {
                if (isScript(key)) {
                    try {
                        ParserRef ref = new ParserRef(key);
                        scripts.put(ref, script(ref));
                    } catch (IllegalArgumentException e) {
                        problems.put(key, String.valueOf(e.getMessage()));
                    }
                } else if (key.endsWith(EXAMPLES)) {
                    String script = key.substring(0, key.length() - EXAMPLES.length());
                    if (!isScript(script) || !keys.contains(script)) {
                        problems.put(key, "these are examples of " + script + ", which is no script of this ConfigMap");
                    }
                } else if (!key.endsWith(COMPANION)) {
                    ignored.add(key);
                }
            }
            return new ParserConfigMap(scripts, problems, List.copyOf(ignored), true);
        }

        private static boolean isScript(String key) {
            return key.endsWith(".py") || key.endsWith(".js");
        }

        private Script script(ParserRef ref) {
            String examples = ref.value() + EXAMPLES;
            return binary.stream()
                    .filter(key -> key.equals(ref.value()) || key.equals(examples) || key.endsWith(COMPANION))
                    .sorted()
                    .findFirst()
                    .<Script>map(key -> broken(key + NOT_TEXT))
                    .orElseGet(() -> whole(new PublishedScript.Draft(
                            ref,
                            texts.getOrDefault(ref.value(), ""),
                            texts.entrySet().stream()
                                    .filter(text -> text.getKey().endsWith(COMPANION))
                                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                            Optional.ofNullable(texts.get(examples)))));
        }

        private static Script whole(PublishedScript.Draft draft) {
            return new Script.Whole(draft, content(ScriptJson.write(draft)));
        }

        private static Script broken(String message) {
            return new Script.Broken(message, content(message.getBytes(StandardCharsets.UTF_8)));
        }

        private static String content(byte[] bytes) {
            return Digest.of(bytes).hex().substring(0, CONTENT_DIGITS);
        }
    }
}
