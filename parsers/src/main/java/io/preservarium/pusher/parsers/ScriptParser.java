package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.process.WorkerPools;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.ParsersLog;
import io.preservarium.pusher.parsers.runtime.Replies;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.LiveScripts;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The parser port. Calls wait in line for a script thread and never hold up the caller; a
 * version is kept loaded by reference and digest.
 */
public final class ScriptParser implements PayloadParser, AutoCloseable {

    private static final int MAX_WARNED = 1000;

    private final LiveScripts scripts;
    private final ScriptSandbox sandbox;
    private final WorkerPools workers;
    private final ParserCheck check;
    private final Set<ParserVersion> warned = ConcurrentHashMap.newKeySet();

    private ScriptParser(LiveScripts scripts, ScriptSandbox sandbox, WorkerPools workers, ParserCheck check) {
        this.scripts = scripts;
        this.sandbox = sandbox;
        this.workers = workers;
        this.check = check;
    }

    /**
     * Begins to make contexts in the background.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    public static ScriptParser start(ParsersConfig config, LiveScripts scripts, ParserMetrics metrics) {
        ScriptLimits limits = limits(config);
        ScriptSandbox sandbox = new ScriptSandbox();
        WorkerPools workers = new WorkerPools("parser", config.isolation(), sandbox, ScriptClock.REAL, limits, metrics);
        workers.prepare(TrustDomain.SHIPPED);
        scripts.whenLive(ref -> scripts.live(ref).map(ParserScript::domain).ifPresent(workers::prepare));
        return new ScriptParser(scripts, sandbox, workers, new ParserCheck(config.isolation(), sandbox, limits));
    }

    /** @throws IllegalArgumentException naming the setting that is wrong */
    public static ScriptLimits limits(ParsersConfig config) {
        return new ScriptLimits(
                config.callLimit(),
                config.loadLimit(),
                config.memoryLimit(),
                config.outputLimit(),
                config.scriptLimit(),
                config.contexts().orElseGet(ScriptParser::processors),
                config.domains(),
                config.quarantineAfter(),
                config.quarantine());
    }

    private static int processors() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    /** Over workers that were made, and perhaps not started, elsewhere. */
    static ScriptParser over(LiveScripts scripts, ScriptSandbox sandbox, WorkerPools workers) {
        return new ScriptParser(
                scripts, sandbox, workers, new ParserCheck(Isolation.IN_PROCESS, sandbox, workers.limits()));
    }

    /** Whether every script thread has its context, the spare one too. */
    public boolean isWarm() {
        return workers.isWarm();
    }

    @Override
    public boolean isReady() {
        return scripts.isListed() && workers.isReady();
    }

    @Override
    public void whenAvailable(Consumer<ParserRef> listener) {
        scripts.whenLive(listener);
        workers.whenQuarantineEnds(listener);
    }

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
        return format(ref, required, command, config, Priority.HAND_OUT);
    }

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config, Priority priority) {
        Optional<ParserScript> live = scripts.live(ref);
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
            case ScriptResult.Quarantined quarantined -> new Formatted.Quarantined(script.version(), quarantined.why());
            case ScriptResult.Outputs outputs ->
                throw new IllegalStateException("format_command gave the outputs of parse");
        });
    }

    @Override
    public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
        Optional<ParserScript> live = scripts.live(ref);
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

    @Override
    public CompletionStage<Matched> matchReply(
            ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config) {
        Optional<ParserScript> live = scripts.live(ref);
        if (live.isEmpty()) {
            return CompletableFuture.completedStage(new Matched.Missing(ref));
        }
        ParserScript script = live.get();
        List<Map<String, Object>> commands =
                awaiting.stream().map(CommandJson::document).toList();
        ScriptCall.Work work = new ScriptCall.Work.MatchReply(outputs, commands, config);
        return workers.submit(ScriptCall.of(script, work, Priority.HAND_OUT)).thenApply(result -> switch (result) {
            case ScriptResult.Outputs returned -> matched(script, returned, commands);
            case ScriptResult.Problem problem -> new Matched.Failed(problem.message(), script.version());
            case ScriptResult.Quarantined quarantined -> new Matched.Failed(quarantined.why(), script.version());
            case ScriptResult.Bytes bytes ->
                throw new IllegalStateException("match_reply gave the bytes of format_command");
        });
    }

    private static Matched matched(
            ParserScript script, ScriptResult.Outputs returned, List<Map<String, Object>> awaiting) {
        try {
            return new Matched.Replies(Replies.read(returned.outputs(), awaiting), script.version());
        } catch (IllegalArgumentException e) {
            return new Matched.Failed(String.valueOf(e.getMessage()), script.version());
        }
    }

    /** An uplink has no place for warnings, and a script that makes one makes it for every uplink. */
    private void tellOnce(ParserVersion version, List<String> warnings) {
        if (!warnings.isEmpty() && warned.size() < MAX_WARNED && warned.add(version)) {
            ParsersLog.LOG.outputsChanged(version.ref(), version.sha256(), String.join("; ", warnings));
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
        check.close();
        workers.close();
        sandbox.close();
    }
}
