package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.LiveScripts;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Which version of each script is live. Looking up takes no lock; a version is put or removed at once, for every later call. */
public final class ParserCatalog implements LiveScripts {

    /** A script of the catalogue: its version in each layer that has one. The highest layer's is live. */
    public record Entry(ParserRef ref, SortedMap<ParserLayer, ParserVersion> versions) {

        public Entry {
            if (versions.isEmpty()) {
                throw new IllegalArgumentException(
                        "an entry of the catalogue must have a version, " + ref + " had none");
            }
            versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        }

        public ParserLayer liveLayer() {
            return versions.lastKey();
        }

        public ParserVersion live() {
            return Objects.requireNonNull(versions.get(versions.lastKey()));
        }
    }

    private final Map<ParserRef, SortedMap<ParserLayer, ParserScript>> scripts = new ConcurrentHashMap<>();
    private final Set<ParserLayer> unlisted = ConcurrentHashMap.newKeySet();
    private final AtomicLong changes = new AtomicLong();
    private final List<Consumer<ParserRef>> listeners = new CopyOnWriteArrayList<>();

    private ParserCatalog(Set<ParserLayer> layers) {
        unlisted.addAll(layers);
    }

    /** A catalogue of shipped scripts and those of the directory. */
    public static ParserCatalog ofFiles() {
        return new ParserCatalog(EnumSet.of(ParserLayer.SHIPPED, ParserLayer.DIRECTORY));
    }

    /** A catalogue that is listed only when the topic has been read too; who reads it calls {@link #listed}. */
    public static ParserCatalog ofFilesAndTopic() {
        return new ParserCatalog(EnumSet.allOf(ParserLayer.class));
    }

    @Override
    public Optional<ParserScript> live(ParserRef ref) {
        return Optional.ofNullable(scripts.get(ref)).map(layers -> layers.get(layers.lastKey()));
    }

    public Optional<ParserVersion> version(ParserRef ref) {
        return live(ref).map(ParserScript::version);
    }

    /** Every script with its layers, by name. */
    public List<Entry> entries() {
        return scripts.entrySet().stream()
                .map(e -> new Entry(
                        e.getKey(),
                        new TreeMap<>(e.getValue().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, s -> s.getValue().version())))))
                .sorted((a, b) -> a.ref().compareTo(b.ref()))
                .toList();
    }

    /** Grows with every change, after it. */
    public long changes() {
        return changes.get();
    }

    public void put(ParserLayer layer, ParserScript script) {
        scripts.merge(script.ref(), single(layer, script), (old, added) -> {
            SortedMap<ParserLayer, ParserScript> layers = new TreeMap<>(old);
            layers.putAll(added);
            return Collections.unmodifiableSortedMap(layers);
        });
        changes.incrementAndGet();
        listeners.forEach(listener -> listener.accept(script.ref()));
    }

    @Override
    public void whenLive(Consumer<ParserRef> listener) {
        listeners.add(listener);
    }

    public void remove(ParserLayer layer, ParserRef ref) {
        Optional<ParserVersion> before = version(ref);
        scripts.computeIfPresent(ref, (same, old) -> {
            SortedMap<ParserLayer, ParserScript> layers = new TreeMap<>(old);
            layers.remove(layer);
            return layers.isEmpty() ? null : Collections.unmodifiableSortedMap(layers);
        });
        changes.incrementAndGet();
        Optional<ParserVersion> now = version(ref);
        if (now.isPresent() && !now.equals(before)) {
            listeners.forEach(listener -> listener.accept(ref));
        }
    }

    /** Makes the layer hold exactly these; scripts of other names are never missing in between. */
    public void replace(ParserLayer layer, Collection<ParserScript> all) {
        all.forEach(script -> put(layer, script));
        Set<ParserRef> kept = all.stream().map(ParserScript::ref).collect(Collectors.toSet());
        scripts.keySet().stream().filter(ref -> !kept.contains(ref)).forEach(ref -> remove(layer, ref));
    }

    /** Says that the layer has been read to its end once. */
    public void listed(ParserLayer layer) {
        unlisted.remove(layer);
    }

    @Override
    public boolean isListed() {
        return unlisted.isEmpty();
    }

    private static SortedMap<ParserLayer, ParserScript> single(ParserLayer layer, ParserScript script) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(layer, script)));
    }
}
