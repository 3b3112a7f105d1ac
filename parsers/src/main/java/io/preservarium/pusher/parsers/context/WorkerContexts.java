package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.graalvm.polyglot.Context;

/** The contexts of one worker and what is loaded in them. Used by the worker's thread; only {@link #current} by the watchdog. */
public final class WorkerContexts implements AutoCloseable {

    /** More versions than anybody runs at once; beyond it the one not used for longest is loaded again when needed. */
    private static final int MAX_LOADED = 512;

    private final ScriptSandbox sandbox;
    private final ScriptClock clock;
    private final int outputLimit;
    private final Map<ParserVersion, LoadedScript> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private Optional<PythonContext> python = Optional.empty();
    private Optional<Instant> now = Optional.empty();
    private volatile Optional<Context> current = Optional.empty();

    public WorkerContexts(ScriptSandbox sandbox, ScriptClock clock, int outputLimit) {
        this.sandbox = sandbox;
        this.clock = clock;
        this.outputLimit = outputLimit;
    }

    PythonContext python() {
        if (python.isEmpty()) {
            python = Optional.of(new PythonContext(sandbox, clock));
        }
        return python.get();
    }

    /** Makes the Python context if there is none, which takes seconds the first time in a process. */
    public void warm() {
        var unused = python();
    }

    /** Whether a call that was interrupted left every import of the Python context whole. */
    public boolean isIntact() {
        return python().isIntact();
    }

    public boolean isWarm() {
        return python.isPresent();
    }

    /** Gets ready for a call of this language at this time of the scripts' clock; not on the script's account. */
    public void enter(ScriptLanguage language, Optional<Instant> scriptNow) {
        now = scriptNow;
        switch (language) {
            case PYTHON -> {
                PythonContext context = python();
                context.setClock(scriptNow);
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

    public Optional<LoadedScript> loaded(ParserVersion version) {
        return Optional.ofNullable(loaded.get(version));
    }

    /** Gets ready to load it; not on the script's account. */
    public void prepare(ParserScript script) {
        switch (ScriptLanguage.of(script.ref())) {
            case PYTHON -> python().prepare(script);
            case JAVASCRIPT -> {
                // Each call has a context of its own.
            }
        }
    }

    public LoadedScript load(ParserScript script) {
        LoadedScript fresh =
                switch (ScriptLanguage.of(script.ref())) {
                    case PYTHON -> python().load(script, outputLimit);
                    case JAVASCRIPT -> JavaScriptScript.load(this, script, outputLimit);
                };
        loaded.put(script.version(), fresh);
        if (loaded.size() > MAX_LOADED) {
            loaded.remove(loaded.keySet().iterator().next());
        }
        return fresh;
    }

    /** After an interruption a script's globals may be half changed. */
    public void forget(ParserVersion version) {
        loaded.remove(version);
    }

    <T> T withJavaScript(Function<Context, T> use) {
        try (Context context = sandbox.javaScript()) {
            current = Optional.of(context);
            return use.apply(context);
        } finally {
            current = Optional.empty();
        }
    }

    @Override
    public void close() {
        loaded.clear();
        current = Optional.empty();
        Optional<PythonContext> old = python;
        python = Optional.empty();
        old.ifPresent(PythonContext::close);
    }
}
