package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.graalvm.polyglot.Value;

/** A Python script in a context; the calls are those of {@code runtime.py}. */
final class PythonScript implements LoadedScript {

    private final PythonContext python;
    private final Value script;
    private final int outputLimit;

    PythonScript(PythonContext python, Value script, int outputLimit) {
        this.python = python;
        this.script = script;
        this.outputLimit = outputLimit;
    }

    @Override
    public ScriptResult format(Map<String, Object> command, Map<String, Object> config) {
        Value result = python.format(
                script, outputLimit, FlatValues.forPython().add(command).add(config));
        if (result.isNull()) {
            return ScriptResult.Problem.of(
                    Reason.UNKNOWN_COMMAND,
                    "the script does not know the command type '" + command.getOrDefault("command_type", "") + "'");
        }
        if (result.isString()) {
            return problem(result.asString());
        }
        if (result.isNumber()) {
            return ScriptResult.Problem.of(
                    Reason.PAYLOAD_TOO_LARGE,
                    "format_command returned " + result.asLong() + " bytes, more than the limit of " + outputLimit);
        }
        return new ScriptResult.Bytes(result.as(byte[].class), Map.of(), List.of());
    }

    private static ScriptResult problem(String said) {
        String text = said.substring(1);
        return switch (said.charAt(0)) {
            case 'E' -> ScriptResult.Problem.of(Reason.FORMAT_FAILED, text);
            case 'T' ->
                ScriptResult.Problem.of(Reason.INVALID_RESULT, "format_command must return bytes but returned " + text);
            case 'M' -> ScriptResult.Problem.of(Reason.PARSER_INVALID, "the script has no function format_command");
            default -> throw new IllegalStateException("runtime.py said " + said);
        };
    }

    @Override
    public ScriptResult parse(byte[] payload, Map<String, Object> config) {
        Value result = python.parse(script, flat(payload, config));
        Optional<String> device = text(result.getArrayElement(0));
        Optional<String> error = text(result.getArrayElement(1));
        return outputs(device, error, () -> FlatValues.read(result, 2));
    }

    @Override
    public ScriptResult deviceId(byte[] payload, Map<String, Object> config) {
        Value result = python.deviceId(script, flat(payload, config));
        return outputs(text(result.getArrayElement(0)), text(result.getArrayElement(1)), () -> List.of(List.of()));
    }

    @Override
    public ScriptResult matchReply(
            List<Map<String, Object>> outputs, List<Map<String, Object>> awaiting, Map<String, Object> config) {
        Value result = python.matchReply(
                script, FlatValues.forPython().add(outputs).add(awaiting).add(config));
        return outputs(Optional.empty(), text(result.getArrayElement(0)), () -> FlatValues.read(result, 1));
    }

    private static FlatValues flat(byte[] payload, Map<String, Object> config) {
        return FlatValues.forPython()
                .add(new String(payload, StandardCharsets.ISO_8859_1))
                .add(config);
    }

    private static Optional<String> text(Value value) {
        return value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    /**
     * The same end for both languages: the last of the values is the warnings, those before it are the outputs. A device
     * id that is none is a failure of its own.
     */
    static ScriptResult outputs(Optional<String> device, Optional<String> error, Supplier<List<Object>> read) {
        Optional<DeviceId> deviceId;
        try {
            deviceId = device.map(DeviceId::new);
        } catch (IllegalArgumentException e) {
            return ScriptResult.Problem.of(
                    Reason.FORMAT_FAILED, error.orElseGet(() -> "device_id returned no device id: " + e.getMessage()));
        }
        if (error.isPresent()) {
            return new ScriptResult.Problem(Reason.FORMAT_FAILED, error.get(), deviceId);
        }
        List<Object> values = read.get();
        List<Map<String, Object>> outputs = new ArrayList<>();
        for (Object output : values.subList(0, values.size() - 1)) {
            outputs.add(object(output));
        }
        return new ScriptResult.Outputs(deviceId, outputs, texts(values.getLast()));
    }

    static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    @SuppressWarnings("unchecked") // FlatValues makes every object a Map<String, Object>
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
