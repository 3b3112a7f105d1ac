package io.preservarium.pusher.parsers.script;

import io.preservarium.pusher.command.ParserRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder's files and those of its folders, one level deep, as scripts by their file; and the files that cannot be any or
 * part of one, with the reason.
 */
public record ScriptTree(Map<Path, ParserScript> scripts, Map<Path, String> refused) {

    /** Companions and examples may be larger than any script. */
    private static final int LEAST_FILE_LIMIT = 1 << 20;

    /** Scripts and what may belong to them. @throws java.io.UncheckedIOException too, when a folder in it cannot be read */
    public static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, 2, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> !isHidden(root, file)
                            && ScriptFolder.isPart(file.getFileName().toString())
                            && Files.isRegularFile(file))
                    .toList();
        }
    }

    /** Folders such as ..data are how Kubernetes mounts a ConfigMap: the same files a second time. */
    private static boolean isHidden(Path root, Path file) {
        return root.relativize(file).toString().startsWith(".");
    }

    /** @param scriptLimit bytes that a script and its companions may have together */
    public static ScriptTree read(Collection<Path> files, int scriptLimit) {
        Map<Path, String> refused = new TreeMap<>();
        Map<Path, Map<String, String>> folders = new TreeMap<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            try {
                if (ScriptFolder.isScript(name)) {
                    new ParserRef(name);
                }
                folders.computeIfAbsent(file.resolveSibling(""), none -> new TreeMap<>())
                        .put(name, text(file, scriptLimit));
            } catch (CharacterCodingException e) {
                refused.put(file, "it is not UTF-8");
            } catch (IOException | IllegalArgumentException e) {
                refused.put(file, String.valueOf(e.getMessage()));
            }
        }
        Map<Path, ParserScript> scripts = new TreeMap<>();
        folders.forEach((folder, texts) -> {
            for (ParserScript script : ScriptFolder.scripts(TrustDomain.DIRECTORY, texts)) {
                Path file = folder.resolve(script.ref().value());
                if (script.size() > scriptLimit) {
                    refused.put(
                            file,
                            "with its companions it has " + script.size() + " bytes, more than PARSER_SCRIPT_LIMIT "
                                    + scriptLimit);
                } else {
                    scripts.put(file, script);
                }
            }
        });
        return new ScriptTree(scripts, refused);
    }

    private static String text(Path file, int scriptLimit) throws IOException {
        if (Files.size(file) > Math.max(scriptLimit, LEAST_FILE_LIMIT)) {
            throw new IOException("it is larger than any script may be");
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                .toString();
    }
}
