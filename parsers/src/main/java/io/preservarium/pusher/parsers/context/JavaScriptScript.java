package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;

/**
 * A JavaScript script, own functions or LoRa Alliance TS013. Each call gets a fresh context, as the reference runner of
 * the LoRaWAN device repository does: codecs there keep state in globals and give other results on a second call. The
 * engine keeps the parsed code.
 */
final class JavaScriptScript implements LoadedScript {

    private static final Source CLOCK = ContextSource.read("js", "clock.js");
    private static final Source FUNCTIONS = ContextSource.read("js", "functions.js");
    private static final Source RUNTIME = ContextSource.read("js", "runtime.js");

    private static final String FIRST = """
            function formatCommand(command) { return [JSON.stringify(command).length & 255]; }
            function parse(payload) { return { outputs: [{ length: payload.length }] }; }
            """;

    private final WorkerContexts contexts;
    private final String ref;
    private final Source source;
    private final boolean usesWebNames;
    private final int outputLimit;

    private JavaScriptScript(WorkerContexts contexts, ParserScript script, int outputLimit) {
        this.contexts = contexts;
        this.ref = script.ref().value();
        this.source = Source.newBuilder("js", script.source(), ref).cached(true).buildLiteral();
        this.usesWebNames = WebNames.areUsedIn(script.source());
        this.outputLimit = outputLimit;
    }

    /**
     * Runs a script of our own. What the first calls of a process pay for the language, more than a call may take on a slow
     * machine, is then not on the account of the script that comes first.
     */
    static void warm(WorkerContexts contexts, int outputLimit) {
        ParserScript first =
                new ParserScript(TrustDomain.SHIPPED, new ParserRef("first.js"), FIRST, Map.of(), Optional.empty());
        LoadedScript loaded = load(contexts, first, outputLimit);
        loaded.format(Map.of("payload", Map.of()), Map.of());
        loaded.parse(new byte[1], Map.of());
    }

    /** Runs the script once, to see whether it loads and has any function. */
    static LoadedScript load(WorkerContexts contexts, ParserScript script, int outputLimit) {
        JavaScriptScript loaded = new JavaScriptScript(contexts, script, outputLimit);
        return contexts.withJavaScript(context -> {
            try {
                loaded.define(context);
                Value functions = context.eval(FUNCTIONS);
                boolean any = List.of("format", "parse", "encode", "decode").stream()
                        .anyMatch(name -> !functions.getMember(name).isNull());
                return any
                        ? loaded
                        : new LoadedScript.Invalid(
                                "the script has none of format_command, parse, encodeDownlink and decodeUplink ("
                                        + loaded.ref + ")");
            } catch (PolyglotException e) {
                return new LoadedScript.Invalid(loaded.describe(e));
            }
        });
    }

    @Override
    public ScriptResult format(Map<String, Object> command, Map<String, Object> config) {
        FlatValues values = FlatValues.forJavaScript().add(command).add(config);
        return call("format", values, said -> {
            String word = said.getArrayElement(0).asString();
            return switch (word) {
                case "bytes" -> bytes(said);
                case "unknown" ->
                    ScriptResult.Problem.of(
                            Reason.UNKNOWN_COMMAND,
                            "the script does not know the command type '" + command.getOrDefault("command_type", "")
                                    + "'");
                case "type" ->
                    ScriptResult.Problem.of(
                            Reason.INVALID_RESULT,
                            "the script must return bytes but returned "
                                    + said.getArrayElement(1).asString());
                case "error" ->
                    ScriptResult.Problem.of(
                            Reason.FORMAT_FAILED, said.getArrayElement(1).asString());
                case "missing" ->
                    ScriptResult.Problem.of(
                            Reason.PARSER_INVALID, "the script has neither format_command nor encodeDownlink");
                default -> throw new IllegalStateException("runtime.js said " + word);
            };
        });
    }

    private ScriptResult bytes(Value said) {
        byte[] bytes = said.getArrayElement(1).asString().getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > outputLimit) {
            return ScriptResult.Problem.of(
                    Reason.PAYLOAD_TOO_LARGE,
                    "the script returned " + bytes.length + " bytes, more than the limit of " + outputLimit);
        }
        List<Object> rest = FlatValues.read(said, 2);
        return new ScriptResult.Bytes(bytes, PythonScript.object(rest.get(0)), PythonScript.texts(rest.get(1)));
    }

    @Override
    public ScriptResult parse(byte[] payload, Map<String, Object> config) {
        return uplink("parse", payload, config);
    }

    @Override
    public ScriptResult deviceId(byte[] payload, Map<String, Object> config) {
        return uplink("device_id", payload, config);
    }

    @Override
    public ScriptResult matchReply(
            List<Map<String, Object>> outputs, List<Map<String, Object>> awaiting, Map<String, Object> config) {
        FlatValues values =
                FlatValues.forJavaScript().add(outputs).add(awaiting).add(config);
        return call("match_reply", values, JavaScriptScript::outputs);
    }

    private ScriptResult uplink(String what, byte[] payload, Map<String, Object> config) {
        FlatValues values = FlatValues.forJavaScript()
                .add(new String(payload, StandardCharsets.ISO_8859_1))
                .add(config);
        return call(what, values, JavaScriptScript::outputs);
    }

    private static ScriptResult outputs(Value said) {
        Value device = said.getArrayElement(1);
        Optional<String> deviceId = device.isNull() ? Optional.empty() : Optional.of(device.asString());
        return said.getArrayElement(0).asString().equals("outputs")
                ? PythonScript.outputs(deviceId, Optional.empty(), () -> FlatValues.read(said, 2))
                : PythonScript.outputs(
                        deviceId, Optional.of(said.getArrayElement(2).asString()), List::of);
    }

    private ScriptResult call(String what, FlatValues values, Function<Value, ScriptResult> read) {
        return contexts.withJavaScript(context -> {
            try {
                contexts.now().ifPresent(now -> stopClock(context, now));
                define(context);
                Value functions = context.eval(FUNCTIONS);
                return read.apply(context.eval(RUNTIME).execute(values.allAfter(functions, what)));
            } catch (PolyglotException e) {
                return ScriptResult.Problem.of(Reason.FORMAT_FAILED, describe(e));
            }
        });
    }

    private void define(Context context) {
        if (usesWebNames) {
            WebNames.provide(context);
        }
        context.eval(source);
    }

    private static void stopClock(Context context, Instant now) {
        context.eval(CLOCK).execute((double) now.toEpochMilli());
    }

    /** {@code RangeError: text (ref line 3)}; what stopped the call from outside goes on to who stopped it. */
    private String describe(PolyglotException e) {
        if (e.isInterrupted() || e.isCancelled() || e.isResourceExhausted() && !e.isGuestException()) {
            throw e;
        }
        int line = 0;
        for (PolyglotException.StackFrame frame : e.getPolyglotStackTrace()) {
            SourceSection at = frame.getSourceLocation();
            if (frame.isGuestFrame() && at != null && at.getSource().getName().equals(ref)) {
                line = at.getStartLine();
                break;
            }
        }
        SourceSection at = e.getSourceLocation();
        if (line == 0 && at != null && at.getSource().getName().equals(ref)) {
            line = at.getStartLine();
        }
        String message = String.valueOf(e.getMessage());
        return message + (line == 0 ? " (" + ref + ")" : " (" + ref + " line " + line + ")");
    }
}
