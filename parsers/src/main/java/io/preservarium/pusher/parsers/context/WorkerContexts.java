package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.Context;

/**
 * The contexts of one worker and what is loaded in them: a Python one for each trust domain that is in use, and one for
 * each script that may change what the scripts of a context share. Used by the worker's thread; only {@link #current} by
 * the watchdog.
 */
public final class WorkerContexts implements AutoCloseable {

    /** More versions than anybody runs at once; beyond it the one not used for longest is loaded again when needed. */
    private static final int MAX_LOADED = 512;

    /** A context that nobody needed for so long is let go when another call comes. */
    private static final long IDLE_NANOS = Duration.ofMinutes(10).toNanos();

    /** Of all contexts, those that one domain's scripts which are alone in theirs may have: what they crowd out is their own. */
    private static final int PART_OF_ONE_DOMAIN = 4;

    /** A script as one domain has it. */
    private record Key(TrustDomain domain, ParserVersion version) {

        static Key of(ParserScript script) {
            return new Key(script.domain(), script.version());
        }
    }

    /** Whose Python context. @param alone the version that has it for itself */
    record Place(TrustDomain domain, Optional<ParserVersion> alone) {

        static Place shared(TrustDomain domain) {
            return new Place(domain, Optional.empty());
        }
    }

    private static final class Loaded {
        final LoadedScript script;
        final Place place;
        boolean wasCalled;

        Loaded(LoadedScript script, Place place) {
            this.script = script;
            this.place = place;
        }
    }

    private static final class Opened {
        final PythonContext python;
        long usedAt;

        Opened(PythonContext python) {
            this.python = python;
        }
    }

    private final ScriptSandbox sandbox;
    private final ScriptClock clock;
    private final int outputLimit;
    private final int mostContexts;
    private final LongSupplier nanoTime;
    private final Map<Key, Loaded> loaded = lastUsedLast();
    private final LinkedHashMap<Place, Opened> opened = lastUsedLast();
    private Place entered = Place.shared(TrustDomain.SHIPPED);
    private boolean isWarm;
    private boolean isJavaScriptWarm;
    private Optional<Instant> now = Optional.empty();
    private volatile Optional<Context> current = Optional.empty();

    /** @param mostContexts Python contexts kept; beyond it the one not used for longest is closed */
    public WorkerContexts(ScriptSandbox sandbox, ScriptClock clock, int outputLimit, int mostContexts) {
        this(sandbox, clock, outputLimit, mostContexts, System::nanoTime);
    }

    WorkerContexts(ScriptSandbox sandbox, ScriptClock clock, int outputLimit, int mostContexts, LongSupplier nanoTime) {
        this.sandbox = sandbox;
        this.clock = clock;
        this.outputLimit = outputLimit;
        this.mostContexts = mostContexts;
        this.nanoTime = nanoTime;
    }

    private static <K, V> LinkedHashMap<K, V> lastUsedLast() {
        return new LinkedHashMap<>(16, 0.75f, true);
    }

    private PythonContext python(Place place) {
        Opened found = opened.get(place);
        if (found == null) {
            makeRoom(place);
            found = new Opened(new PythonContext(sandbox, clock));
            opened.put(place, found);
        }
        found.usedAt = nanoTime.getAsLong();
        return found.python;
    }

    private void makeRoom(Place place) {
        if (place.alone().isPresent()) {
            List<Place> neighbours = opened.keySet().stream()
                    .filter(other -> other.alone().isPresent() && other.domain().equals(place.domain()))
                    .toList();
            if (neighbours.size() >= Math.max(1, mostContexts / PART_OF_ONE_DOMAIN)) {
                close(neighbours.getFirst());
            }
        }
        while (opened.size() >= mostContexts) {
            close(opened.firstEntry().getKey());
        }
    }

    /** One at most, the one not used for longest. */
    private void letIdleOneGo() {
        Map.Entry<Place, Opened> longestUnused = opened.firstEntry();
        if (opened.size() > 1 && nanoTime.getAsLong() - longestUnused.getValue().usedAt > IDLE_NANOS) {
            close(longestUnused.getKey());
        }
    }

    /** Makes a first Python context, which takes seconds in a new process. */
    public void warm() {
        var unused = python(Place.shared(TrustDomain.SHIPPED));
        isWarm = true;
    }

    public boolean isWarm() {
        return isWarm;
    }

    /** Whose Python contexts are open. */
    Set<Place> open() {
        return Set.copyOf(opened.keySet());
    }

    /** Whether a call that was interrupted left every import of its Python context whole. */
    public boolean isIntact() {
        Opened found = opened.get(entered);
        return found != null && found.python.isIntact();
    }

    /** Gets ready for a call of this script at this time of the scripts' clock; not on the script's account. */
    public void enter(ParserScript script, Optional<Instant> scriptNow) {
        now = scriptNow;
        switch (ScriptLanguage.of(script.ref())) {
            case PYTHON -> enter(placeOf(script));
            // Set when the call's own context is there.
            case JAVASCRIPT -> current = Optional.empty();
        }
    }

    private static Place placeOf(ParserScript script) {
        return script.effects().reachesOthers()
                ? new Place(script.domain(), Optional.of(script.version()))
                : Place.shared(script.domain());
    }

    private void enter(Place place) {
        PythonContext context = python(place);
        context.setClock(now);
        // After its own was used, or it would be the one to go.
        letIdleOneGo();
        entered = place;
        current = Optional.of(context.context());
    }

    /** The context that a script runs in now. */
    public Optional<Context> current() {
        return current;
    }

    /** The time at which the scripts' clock stands, if it does. */
    public Optional<Instant> now() {
        return now;
    }

    public Optional<LoadedScript> loaded(ParserScript script) {
        return Optional.ofNullable(loaded.get(Key.of(script))).map(found -> found.script);
    }

    /** True once after each load. */
    public boolean isFirstCall(ParserScript script) {
        Loaded found = loaded.get(Key.of(script));
        if (found == null || found.wasCalled) {
            return false;
        }
        found.wasCalled = true;
        return true;
    }

    /** Gets ready to load it; not on the script's account. */
    public void prepare(ParserScript script) {
        switch (ScriptLanguage.of(script.ref())) {
            case PYTHON -> python(entered).prepare(script);
            case JAVASCRIPT -> {
                // Each call has a context of its own; the language is what there is to get ready.
                if (!isJavaScriptWarm) {
                    JavaScriptScript.warm(this, outputLimit);
                    isJavaScriptWarm = true;
                }
            }
        }
    }

    public LoadedScript load(ParserScript script) {
        LoadedScript fresh =
                switch (ScriptLanguage.of(script.ref())) {
                    case PYTHON -> python(entered).load(script, outputLimit);
                    case JAVASCRIPT -> JavaScriptScript.load(this, script, outputLimit);
                };
        loaded.put(Key.of(script), new Loaded(fresh, entered));
        if (loaded.size() > MAX_LOADED) {
            loaded.remove(loaded.keySet().iterator().next());
        }
        return fresh;
    }

    /** After an interruption a script's globals may be half changed. */
    public void forget(ParserScript script) {
        loaded.remove(Key.of(script));
    }

    <T> T withJavaScript(Function<Context, T> use) {
        try (Context context = sandbox.javaScript()) {
            current = Optional.of(context);
            return use.apply(context);
        } finally {
            current = Optional.empty();
        }
    }

    /** Closes the Python context of the last call; the next one of a script there gets a new one. */
    public void closeEntered() {
        close(entered);
    }

    private void close(Place place) {
        loaded.values().removeIf(script -> script.place.equals(place));
        current = Optional.empty();
        Optional.ofNullable(opened.remove(place)).ifPresent(old -> old.python.close());
    }

    @Override
    public void close() {
        isWarm = false;
        loaded.clear();
        current = Optional.empty();
        Map<Place, Opened> old = new HashMap<>(opened);
        opened.clear();
        old.values().forEach(context -> context.python.close());
    }
}
