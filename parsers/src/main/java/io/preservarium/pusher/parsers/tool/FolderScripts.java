package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ScriptFolder;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Scripts in files, each with what lies beside it. */
final class FolderScripts {

    private FolderScripts() {}

    /** @param paths scripts, or folders that are searched with the folders in them; one that is gone holds none */
    static Map<Path, ParserScript> read(List<Path> paths) {
        Map<Path, ParserScript> found = new LinkedHashMap<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                folders(path).forEach(folder -> found.putAll(scripts(folder)));
            } else {
                Path file = path.toAbsolutePath().normalize();
                scripts(file.resolveSibling("")).forEach((other, script) -> {
                    if (other.equals(file)) {
                        found.put(other, script);
                    }
                });
            }
        }
        return found;
    }

    private static Set<Path> folders(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return new TreeSet<>(all.filter(Files::isDirectory)
                    .map(folder -> folder.toAbsolutePath().normalize())
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + root, e);
        }
    }

    private static Map<Path, ParserScript> scripts(Path folder) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(
                            each -> ScriptFolder.isPart(each.getFileName().toString()))
                    .toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the scripts in " + folder, e);
        }
        Map<Path, ParserScript> scripts = new LinkedHashMap<>();
        ScriptFolder.scripts(TrustDomain.DIRECTORY, files)
                .forEach(script -> scripts.put(folder.resolve(script.ref().value()), script));
        return scripts;
    }
}
