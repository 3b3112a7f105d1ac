package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.parsers.protobuf.ProtobufJson;
import io.preservarium.pusher.parsers.protobuf.ProtobufModules;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.time.Instant;
import java.util.Optional;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** A Python context with our runtime in it, shared by the scripts of one worker. */
final class PythonContext implements AutoCloseable {

    private static final Source PROTOBUF = ContextSource.read("python", "protobuf.py");
    private static final Source JSON_FORMAT = ContextSource.read("python", "json_format.py");
    private static final Source DENIED = ContextSource.read("python", "denied.py");
    private static final Source CLOCK = ContextSource.read("python", "clock.py");
    private static final Source STATE = ContextSource.read("python", "state.py");
    private static final Source RUNTIME = ContextSource.read("python", "runtime.py");

    private final Context context;
    private final Optional<Value> setClock;
    private final Value prepare;
    private final Value load;
    private final Value format;
    private final Value parse;
    private final Value deviceId;
    private final Value matchReply;
    private final Value isIntact;
    private final ArgumentBuilders builders;
    private Optional<Value> protos = Optional.empty();

    PythonContext(ScriptSandbox sandbox, ScriptClock clock) {
        context = sandbox.python();
        Value names = context.getBindings("python");
        context.eval(DENIED);
        setClock = switch (clock) {
            case REAL -> Optional.empty();
            case SETTABLE -> {
                context.eval(CLOCK);
                yield Optional.of(names.getMember("set_clock"));
            }
        };
        context.eval(STATE);
        context.eval(RUNTIME);
        prepare = names.getMember("prepare");
        load = names.getMember("load");
        format = names.getMember("format_command");
        parse = names.getMember("parse");
        deviceId = names.getMember("device_id");
        matchReply = names.getMember("match_reply");
        isIntact = names.getMember("is_intact");
        builders = new ArgumentBuilders(names.getMember("builder"));
    }

    Context context() {
        return context;
    }

    /** Sets the scripts' clock, if this context has one that can be set; empty lets it run. */
    void setClock(Optional<Instant> now) {
        setClock.ifPresent(set -> now.ifPresentOrElse(
                t -> set.execute(Math.addExact(Math.multiplyExact(t.getEpochSecond(), 1_000_000_000L), t.getNano())),
                () -> set.execute((Object) null)));
    }

    /** What a script needs that is not its own, made before it loads and not on its account. */
    void prepare(ParserScript script) {
        if (protos.isEmpty() && mayImportMessages(script)) {
            context.eval(PROTOBUF);
            context.eval(JSON_FORMAT);
            protos = Optional.of(context.getBindings("python").getMember("Protos"));
        }
        prepare.execute(script.source());
    }

    private static boolean mayImportMessages(ParserScript script) {
        return !script.companions().isEmpty() || script.source().contains("google");
    }

    LoadedScript load(ParserScript script, int outputLimit) {
        Optional<Value> modules = protos.filter(make -> mayImportMessages(script))
                .map(make -> modules(make, new ProtobufModules(script.companions())));
        String ref = script.ref().value();
        String effects = script.effects().text();
        Value loaded = modules.map(found -> load.execute(ref, script.source(), effects, found))
                .orElseGet(() -> load.execute(ref, script.source(), effects));
        return loaded.isString()
                ? new LoadedScript.Invalid(loaded.asString())
                : new PythonScript(this, loaded, outputLimit);
    }

    private static Value modules(Value make, ProtobufModules modules) {
        ProxyExecutable describe = arguments -> modules.describe(arguments[0].asString(), arguments[1].asBoolean());
        ProxyExecutable serialize = modules::serialize;
        ProxyExecutable parseBytes =
                arguments -> switch (modules.parse(arguments[0].asString(), arguments[1].asString())) {
                    case ProtobufModules.Row row -> ProxyArray.fromList(row.values());
                    case ProtobufModules.Undecodable undecodable -> undecodable.why();
                };
        ProxyExecutable printJson = arguments -> modules.printJson(
                arguments[0].asString(),
                arguments[1].asString(),
                new ProtobufJson.Options(arguments[2].asBoolean(), arguments[3].asBoolean(), arguments[4].asBoolean()));
        ProxyExecutable readJson = arguments ->
                modules.readJson(arguments[0].asString(), arguments[1].asString(), arguments[2].asBoolean());
        return make.execute(describe, serialize, parseBytes, printJson, readJson);
    }

    Value format(Value script, int outputLimit, FlatValues arguments) {
        return builders.of(arguments)
                .map(builder -> format.execute(arguments.valuesAfter(script, outputLimit, builder)))
                .orElseGet(() -> format.execute(arguments.allAfter(script, outputLimit)));
    }

    Value parse(Value script, FlatValues arguments) {
        return builders.of(arguments)
                .map(builder -> parse.execute(arguments.valuesAfter(script, builder)))
                .orElseGet(() -> parse.execute(arguments.allAfter(script)));
    }

    Value deviceId(Value script, FlatValues arguments) {
        return deviceId.execute(arguments.allAfter(script));
    }

    Value matchReply(Value script, FlatValues arguments) {
        return builders.of(arguments)
                .map(builder -> matchReply.execute(arguments.valuesAfter(script, builder)))
                .orElseGet(() -> matchReply.execute(arguments.allAfter(script)));
    }

    /** Whether a call that was interrupted left every import whole. */
    boolean isIntact() {
        return isIntact.execute().asBoolean();
    }

    @Override
    public void close() {
        context.close(true);
    }
}
