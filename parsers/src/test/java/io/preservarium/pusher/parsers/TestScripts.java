package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.LiveScripts;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Scripts that a test puts. */
final class TestScripts implements LiveScripts {

    private final Map<ParserRef, SortedMap<ParserLayer, ParserScript>> scripts = new ConcurrentHashMap<>();
    private final List<Consumer<ParserRef>> listeners = new CopyOnWriteArrayList<>();

    void put(ParserLayer layer, ParserScript script) {
        scripts.compute(script.ref(), (ref, old) -> {
            SortedMap<ParserLayer, ParserScript> layers = old == null ? new TreeMap<>() : new TreeMap<>(old);
            layers.put(layer, script);
            return layers;
        });
        listeners.forEach(listener -> listener.accept(script.ref()));
    }

    void remove(ParserLayer layer, ParserRef ref) {
        scripts.computeIfPresent(ref, (same, old) -> {
            SortedMap<ParserLayer, ParserScript> layers = new TreeMap<>(old);
            layers.remove(layer);
            return layers.isEmpty() ? null : layers;
        });
    }

    Optional<ParserVersion> version(ParserRef ref) {
        return live(ref).map(ParserScript::version);
    }

    @Override
    public Optional<ParserScript> live(ParserRef ref) {
        return Optional.ofNullable(scripts.get(ref)).map(layers -> layers.get(layers.lastKey()));
    }

    @Override
    public boolean isListed() {
        return true;
    }

    @Override
    public void whenLive(Consumer<ParserRef> listener) {
        listeners.add(listener);
    }
}
