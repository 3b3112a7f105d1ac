package io.preservarium.pusher.parsers.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scripts packaged with the connector. {@code scripts/index.txt} names every file, because a native image cannot list
 * a folder of resources.
 */
public final class ShippedScripts {

    static final String INDEX = "/scripts/index.txt";

    private ShippedScripts() {}

    public static List<ParserScript> read() {
        Map<String, Map<String, String>> folders = new LinkedHashMap<>();
        for (String path :
                resource(INDEX).lines().filter(line -> !line.isBlank()).toList()) {
            int slash = path.lastIndexOf('/');
            folders.computeIfAbsent(path.substring(0, slash), none -> new LinkedHashMap<>())
                    .put(path.substring(slash + 1), resource("/scripts/" + path));
        }
        List<ParserScript> scripts = new ArrayList<>();
        folders.values().forEach(files -> scripts.addAll(ScriptFolder.scripts(TrustDomain.SHIPPED, files)));
        return scripts;
    }

    private static String resource(String path) {
        try (InputStream in = ShippedScripts.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + path + " is not packaged");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + path, e);
        }
    }
}
