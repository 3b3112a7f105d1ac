package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came out of one call into a script. */
sealed interface ScriptResult {

    int MAX_MESSAGE = 500;

    record Bytes(byte[] bytes, Map<String, Object> delivery, List<String> warnings) implements ScriptResult {}

    record Outputs(Optional<DeviceId> deviceId, List<Map<String, Object>> outputs) implements ScriptResult {}

    /** Not run, because the script broke limits in other calls. */
    record Quarantined(String why) implements ScriptResult {}

    /** No usable result. {@code reason} is the one a command gets; for an uplink only the message counts. */
    record Problem(Reason reason, String message, Optional<DeviceId> deviceId) implements ScriptResult {

        public Problem {
            message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
        }

        static Problem of(Reason reason, String message) {
            return new Problem(reason, message, Optional.empty());
        }
    }
}
