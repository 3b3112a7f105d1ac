package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.Context;

/**
 * The contexts of one worker, a Python one for each trust domain that is in use, and what is loaded in them. Used by the
 * worker's thread; only {@link #current} by the watchdog.
 */
public final class WorkerContexts implements AutoCloseable {

    /** More versions than anybody runs at once; beyond it the one not used for longest is loaded again when needed. */
    private static final int MAX_LOADED = 512;

    /** A context that nobody needed for so long is let go when another call comes. */
    private static final long IDLE_NANOS = Duration.ofMinutes(10).toNanos();

    private record Key(TrustDomain domain, ParserVersion version) {

        static Key of(ParserScript script) {
            return new Key(script.domain(), script.version());
        }
    }

    private static final class Loaded {
        final LoadedScript script;
        boolean wasCalled;

        Loaded(LoadedScript script) {
            this.script = script;
        }
    }

    private static final class Domain {
        final PythonContext python;
        long usedAt;

        Domain(PythonContext python) {
            this.python = python;
        }
    }

    private final ScriptSandbox sandbox;
    private final ScriptClock clock;
    private final int outputLimit;
    private final int mostDomains;
    private final LongSupplier nanoTime;
    private final Map<Key, Loaded> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private final LinkedHashMap<TrustDomain, Domain> domains = new LinkedHashMap<>(16, 0.75f, true);
    private boolean isWarm;
    private Optional<Instant> now = Optional.empty();
    private volatile Optional<Context> current = Optional.empty();

    /** @param mostDomains Python contexts kept; beyond it the one not used for longest is closed */
    public WorkerContexts(ScriptSandbox sandbox, ScriptClock clock, int outputLimit, int mostDomains) {
        this(sandbox, clock, outputLimit, mostDomains, System::nanoTime);
    }

    WorkerContexts(ScriptSandbox sandbox, ScriptClock clock, int outputLimit, int mostDomains, LongSupplier nanoTime) {
        this.sandbox = sandbox;
        this.clock = clock;
        this.outputLimit = outputLimit;
        this.mostDomains = mostDomains;
        this.nanoTime = nanoTime;
    }

    private PythonContext python(TrustDomain domain) {
        Domain found = domains.get(domain);
        if (found == null) {
            while (domains.size() >= mostDomains) {
                close(domains.firstEntry().getKey());
            }
            found = new Domain(new PythonContext(sandbox, clock));
            domains.put(domain, found);
        }
        found.usedAt = nanoTime.getAsLong();
        return found.python;
    }

    /** One at most, the one not used for longest. */
    private void letIdleOneGo() {
        Map.Entry<TrustDomain, Domain> longestUnused = domains.firstEntry();
        if (domains.size() > 1 && nanoTime.getAsLong() - longestUnused.getValue().usedAt > IDLE_NANOS) {
            close(longestUnused.getKey());
        }
    }

    /** Makes a first Python context, which takes seconds in a new process. */
    public void warm() {
        var unused = python(TrustDomain.SHIPPED);
        isWarm = true;
    }

    public boolean isWarm() {
        return isWarm;
    }

    /** Whose Python contexts are open. */
    Set<TrustDomain> open() {
        return Set.copyOf(domains.keySet());
    }

    /** Whether a call of the domain's that was interrupted left every import of its Python context whole. */
    public boolean isIntact(TrustDomain domain) {
        Domain found = domains.get(domain);
        return found != null && found.python.isIntact();
    }

    /** Gets ready for a call of this script at this time of the scripts' clock; not on the script's account. */
    public void enter(ParserScript script, Optional<Instant> scriptNow) {
        now = scriptNow;
        switch (ScriptLanguage.of(script.ref())) {
            case PYTHON -> {
                PythonContext context = python(script.domain());
                context.setClock(scriptNow);
                // After its own was used, or it would be the one to go.
                letIdleOneGo();
                current = Optional.of(context.context());
            }
            // Set when the call's own context is there.
            case JAVASCRIPT -> current = Optional.empty();
        }
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
            case PYTHON -> python(script.domain()).prepare(script);
            case JAVASCRIPT -> {
                // Each call has a context of its own.
            }
        }
    }

    public LoadedScript load(ParserScript script) {
        LoadedScript fresh =
                switch (ScriptLanguage.of(script.ref())) {
                    case PYTHON -> python(script.domain()).load(script, outputLimit);
                    case JAVASCRIPT -> JavaScriptScript.load(this, script, outputLimit);
                };
        loaded.put(Key.of(script), new Loaded(fresh));
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

    /** Closes the domain's Python context; the next call of a script of its gets a new one. */
    public void close(TrustDomain domain) {
        loaded.keySet().removeIf(key -> key.domain().equals(domain));
        current = Optional.empty();
        Optional.ofNullable(domains.remove(domain)).ifPresent(old -> old.python.close());
    }

    @Override
    public void close() {
        isWarm = false;
        loaded.clear();
        current = Optional.empty();
        Map<TrustDomain, Domain> old = new HashMap<>(domains);
        domains.clear();
        old.values().forEach(domain -> domain.python.close());
    }
}
