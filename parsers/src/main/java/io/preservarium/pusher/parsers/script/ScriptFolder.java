package io.preservarium.pusher.parsers.script;

import io.preservarium.pusher.command.ParserRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A folder's files as scripts: each .py and .js with every .proto beside it and its own examples. */
public final class ScriptFolder {

    private ScriptFolder() {}

    public static boolean isScript(String name) {
        return name.endsWith(".py") || name.endsWith(".js");
    }

    public static boolean isPart(String name) {
        return isScript(name) || name.endsWith(".proto") || name.endsWith(".examples.json");
    }

    /** @param files text by file name */
    public static List<ParserScript> scripts(TrustDomain domain, Map<String, String> files) {
        Map<String, String> companions = new TreeMap<>();
        files.forEach((name, text) -> {
            if (name.endsWith(".proto")) {
                companions.put(name, text);
            }
        });
        List<ParserScript> scripts = new ArrayList<>();
        files.forEach((name, text) -> {
            if (isScript(name)) {
                // Only Python imports them; a change of one must not change the digest of a neighbour in JavaScript.
                scripts.add(new ParserScript(
                        domain,
                        new ParserRef(name),
                        text,
                        name.endsWith(".py") ? companions : Map.of(),
                        Optional.ofNullable(files.get(name + ".examples.json"))));
            }
        });
        return scripts;
    }
}
