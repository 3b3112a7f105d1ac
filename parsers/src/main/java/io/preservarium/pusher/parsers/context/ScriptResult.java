package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came out of one call into a script, with every text of the script's bounded and well-formed. */
public sealed interface ScriptResult {

    int MAX_MESSAGE = 500;
    int MAX_WARNINGS = 10;
    int MAX_WARNING = 200;

    record Bytes(byte[] bytes, Map<String, Object> delivery, List<String> warnings) implements ScriptResult {

        public Bytes {
            warnings = bounded(warnings);
        }
    }

    /** {@code warnings} says what of the outputs JSON cannot say as it was. */
    record Outputs(Optional<DeviceId> deviceId, List<Map<String, Object>> outputs, List<String> warnings)
            implements ScriptResult {

        public Outputs {
            warnings = bounded(warnings);
        }
    }

    /** Not run, because the script broke limits in other calls. */
    record Quarantined(String why) implements ScriptResult {}

    /** No usable result. {@code reason} is the one a command gets; for an uplink only the message counts. */
    record Problem(Reason reason, String message, Optional<DeviceId> deviceId) implements ScriptResult {

        public Problem {
            message = ForeignText.bounded(message, MAX_MESSAGE);
        }

        public static Problem of(Reason reason, String message) {
            return new Problem(reason, message, Optional.empty());
        }
    }

    private static List<String> bounded(List<String> warnings) {
        List<String> bounded = new ArrayList<>();
        for (String warning : warnings) {
            if (bounded.size() == MAX_WARNINGS) {
                bounded.add("and " + (warnings.size() - MAX_WARNINGS) + " more");
                break;
            }
            bounded.add(ForeignText.bounded(warning, MAX_WARNING));
        }
        return List.copyOf(bounded);
    }
}
