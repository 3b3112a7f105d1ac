package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CommandJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The parser port over the scripts of a catalogue. Calls wait in line for a script thread and never hold up the caller; a
 * version is kept loaded by reference and digest.
 */
public final class ScriptParser implements PayloadParser, AutoCloseable {

    private static final int MAX_WARNED = 1000;

    private final ParserCatalog catalog;
    private final ScriptSandbox sandbox;
    private final ScriptWorkers workers;
    private final Optional<ScriptsDirectory> directory;
    private final ParserCheck check;
    private final Set<ParserVersion> warned = ConcurrentHashMap.newKeySet();

    private ScriptParser(
            ParserCatalog catalog,
            ScriptSandbox sandbox,
            ScriptWorkers workers,
            Optional<ScriptsDirectory> directory,
            ParserCheck check) {
        this.catalog = catalog;
        this.sandbox = sandbox;
        this.workers = workers;
        this.directory = directory;
        this.check = check;
    }

    /**
     * Lists the shipped scripts and the folder's into the catalogue and begins to make contexts in the background.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    public static ScriptParser start(ParsersConfig config, ParserCatalog catalog, ParserMetrics metrics) {
        ScriptLimits limits = ScriptLimits.of(config);
        List<ParserScript> shipped = ShippedScripts.read();
        catalog.replace(ParserLayer.SHIPPED, shipped);
        catalog.listed(ParserLayer.SHIPPED);
        ParsersLog.listed(ParserLayer.SHIPPED, shipped.size());
        Optional<ScriptsDirectory> directory = config.scriptsDir()
                .map(root -> ScriptsDirectory.watch(root, config.scriptsPoll(), limits.script(), catalog));
        if (directory.isEmpty()) {
            catalog.listed(ParserLayer.DIRECTORY);
        }
        ScriptSandbox sandbox = new ScriptSandbox();
        ScriptWorkers workers = new ScriptWorkers("parser", sandbox, ScriptClock.REAL, limits, metrics);
        workers.start();
        return new ScriptParser(catalog, sandbox, workers, directory, new ParserCheck(sandbox, limits));
    }

    /** Over workers that were made, and perhaps not started, elsewhere. */
    static ScriptParser over(ParserCatalog catalog, ScriptSandbox sandbox, ScriptWorkers workers) {
        return new ScriptParser(
                catalog, sandbox, workers, Optional.empty(), new ParserCheck(sandbox, workers.limits()));
    }

    public ParserCatalog catalog() {
        return catalog;
    }

    /** Whether every script thread has its context, the spare one too. */
    public boolean isWarm() {
        return workers.isWarm();
    }

    @Override
    public boolean isReady() {
        return catalog.isListed() && workers.isReady();
    }

    @Override
    public void whenAvailable(Consumer<ParserRef> listener) {
        catalog.whenLive(listener);
        workers.whenQuarantineEnds(listener);
    }

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
        return format(ref, required, command, config, Priority.HAND_OUT);
    }

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref,
            Optional<Digest> required,
            Command command,
            Map<String, Object> config,
            Priority priority) {
        Optional<ParserScript> live = catalog.live(ref);
        if (live.isEmpty()) {
            return CompletableFuture.completedStage(new Formatted.Missing(ref));
        }
        ParserScript script = live.get();
        if (required.isPresent() && !required.get().equals(script.version().sha256())) {
            return CompletableFuture.completedStage(new Formatted.Refused(
                    Reason.PARSER_DIGEST_MISMATCH,
                    "the command names " + ref + " at sha256 " + required.get() + " but live is "
                            + script.version().sha256(),
                    Optional.of(script.version())));
        }
        ScriptCall.Work work = new ScriptCall.Work.Format(CommandJson.document(command), config);
        return workers.submit(ScriptCall.of(script, work, priority)).thenApply(result -> switch (result) {
            case ScriptResult.Bytes bytes ->
                new Formatted.Bytes(bytes.bytes(), script.version(), bytes.delivery(), bytes.warnings());
            case ScriptResult.Problem problem ->
                new Formatted.Refused(problem.reason(), problem.message(), Optional.of(script.version()));
            case ScriptResult.Quarantined quarantined ->
                new Formatted.Quarantined(script.version(), quarantined.why());
            case ScriptResult.Outputs outputs ->
                throw new IllegalStateException("format_command gave the outputs of parse");
        });
    }

    @Override
    public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
        Optional<ParserScript> live = catalog.live(ref);
        if (live.isEmpty()) {
            return CompletableFuture.completedStage(new Parsed.Missing(ref));
        }
        ParserScript script = live.get();
        ScriptCall.Work work = new ScriptCall.Work.Parse(payload.clone(), config);
        return workers.submit(ScriptCall.of(script, work, Priority.HAND_OUT)).thenApply(result -> switch (result) {
            case ScriptResult.Outputs outputs -> {
                tellOnce(script.version(), outputs.warnings());
                yield new Parsed.Outputs(outputs.deviceId(), outputs.outputs(), script.version());
            }
            case ScriptResult.Problem problem ->
                new Parsed.Failed(problem.deviceId(), problem.message(), Optional.of(script.version()));
            case ScriptResult.Quarantined quarantined ->
                new Parsed.Failed(Optional.empty(), quarantined.why(), Optional.of(script.version()));
            case ScriptResult.Bytes bytes -> throw new IllegalStateException("parse gave the bytes of format_command");
        });
    }

    /** An uplink has no place for warnings, and a script that makes one makes it for every uplink. */
    private void tellOnce(ParserVersion version, List<String> warnings) {
        if (!warnings.isEmpty() && warned.size() < MAX_WARNED && warned.add(version)) {
            ParsersLog.outputsChanged(version, String.join("; ", warnings));
        }
    }

    /** Loads a version that is not live and runs its examples, away from the threads that serve commands. */
    public CompletionStage<ParserCheck.Result> check(ParserScript script) {
        return check.check(script);
    }

    /** For single examples. */
    ParserCheck examples() {
        return check;
    }

    @Override
    public void close() {
        directory.ifPresent(ScriptsDirectory::close);
        check.close();
        workers.close();
        sandbox.close();
    }
}
