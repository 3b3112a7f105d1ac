package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ScriptTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * {@code PARSER_SCRIPTS_DIR}: its files and those of its folders, one level deep, as a layer of the catalogue. Looked at
 * again and again, because change notices do not cross every mount.
 */
final class ScriptsDirectory implements AutoCloseable {

    private final Path root;
    private final int scriptLimit;
    private final ParserCatalog catalog;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("parser-scripts-dir").daemon().factory());
    private Map<Path, String> taken = Map.of();
    private Map<Path, String> lastSeen = Map.of();

    private ScriptsDirectory(Path root, int scriptLimit, ParserCatalog catalog) {
        this.root = root;
        this.scriptLimit = scriptLimit;
        this.catalog = catalog;
    }

    /** Reads the folder before it returns, then keeps looking. */
    static ScriptsDirectory watch(Path root, Duration poll, int scriptLimit, ParserCatalog catalog) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("PARSER_SCRIPTS_DIR must be a folder but was " + root);
        }
        if (poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("PARSER_SCRIPTS_POLL must be longer than zero but was " + poll);
        }
        ScriptsDirectory directory = new ScriptsDirectory(root, scriptLimit, catalog);
        directory.take(directory.stamps().orElse(Map.of()));
        catalog.listed(ParserLayer.DIRECTORY);
        directory.looks.scheduleWithFixedDelay(directory::look, poll.toNanos(), poll.toNanos(), TimeUnit.NANOSECONDS);
        return directory;
    }

    /** Takes a change only when two looks saw the same, so that a file is not read while it is being written. */
    private void look() {
        try {
            Optional<Map<Path, String>> seen = stamps();
            if (seen.isPresent()) {
                if (!seen.get().equals(taken) && seen.get().equals(lastSeen)) {
                    take(seen.get());
                }
                lastSeen = seen.get();
            }
        } catch (RuntimeException e) {
            // A failure thrown out of here would end the watching for good.
            CatalogLog.LOG.directoryUnreadable(root, e.toString());
        }
    }

    private void take(Map<Path, String> stamps) {
        ScriptTree read = ScriptTree.read(stamps.keySet(), scriptLimit);
        read.refused().forEach(CatalogLog.LOG::fileRefused);
        Map<ParserRef, ParserScript> scripts = new TreeMap<>();
        read.scripts().forEach((file, script) -> {
            if (scripts.putIfAbsent(script.ref(), script) != null) {
                CatalogLog.LOG.fileRefused(file, "another folder has a script of this name");
            }
        });
        List<ParserVersion> changed = new ArrayList<>();
        for (ParserScript script : scripts.values()) {
            if (!catalog.version(script.ref()).equals(Optional.of(script.version()))) {
                changed.add(script.version());
            }
        }
        catalog.replace(ParserLayer.DIRECTORY, scripts.values());
        taken = stamps;
        changed.forEach(version -> CatalogLog.LOG.directoryChanged(version.ref(), version.sha256()));
        CatalogLog.LOG.listed(ParserLayer.DIRECTORY, scripts.size());
    }

    private Optional<Map<Path, String>> stamps() {
        Map<Path, String> stamps = new TreeMap<>();
        try {
            for (Path file : ScriptTree.files(root)) {
                BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.put(file, read.lastModifiedTime() + "/" + read.size() + "/" + read.fileKey());
            }
            return Optional.of(stamps);
        } catch (IOException | java.io.UncheckedIOException e) {
            CatalogLog.LOG.directoryUnreadable(root, e.toString());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
