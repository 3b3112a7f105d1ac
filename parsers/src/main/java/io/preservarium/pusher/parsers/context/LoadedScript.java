package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.Reason;
import java.util.List;
import java.util.Map;

/** A version of a script inside one context. Used by the context's thread alone. */
public interface LoadedScript {

    /** Runs {@code format_command(command, config)}. */
    ScriptResult format(Map<String, Object> command, Map<String, Object> config);

    /** Runs {@code device_id} if there is one, then {@code parse}. */
    ScriptResult parse(byte[] payload, Map<String, Object> config);

    /** Runs {@code device_id} alone, as examples may. */
    ScriptResult deviceId(byte[] payload, Map<String, Object> config);

    /** Runs {@code match_reply(outputs, awaiting, config)}; what it returned are the outputs. */
    ScriptResult matchReply(
            List<Map<String, Object>> outputs, List<Map<String, Object>> awaiting, Map<String, Object> config);

    /** A version that does not load: every call says why, and loading it again would say the same. */
    record Invalid(String why) implements LoadedScript {

        @Override
        public ScriptResult format(Map<String, Object> command, Map<String, Object> config) {
            return ScriptResult.Problem.of(Reason.PARSER_INVALID, why);
        }

        @Override
        public ScriptResult deviceId(byte[] payload, Map<String, Object> config) {
            return ScriptResult.Problem.of(Reason.PARSER_INVALID, why);
        }

        @Override
        public ScriptResult parse(byte[] payload, Map<String, Object> config) {
            return ScriptResult.Problem.of(Reason.PARSER_INVALID, why);
        }

        @Override
        public ScriptResult matchReply(
                List<Map<String, Object>> outputs, List<Map<String, Object>> awaiting, Map<String, Object> config) {
            return ScriptResult.Problem.of(Reason.PARSER_INVALID, why);
        }
    }
}
