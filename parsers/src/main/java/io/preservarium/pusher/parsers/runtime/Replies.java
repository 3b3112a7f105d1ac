package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Reply;
import io.preservarium.pusher.command.Reply.Outcome;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.parsers.context.ScriptResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what {@code match_reply} returned: {@code [{"request_id", "outcome": "succeeded"|"refused", "message"}]}. */
public final class Replies {

    private static final Map<String, Outcome> OUTCOMES =
            Map.of("succeeded", Outcome.SUCCEEDED, "refused", Outcome.REFUSED);

    private Replies() {}

    /**
     * The result of an example, or the problem that live calls would have with it.
     *
     * @param awaiting the commands that wait for an answer: a script cannot end another one
     */
    public static ScriptResult checked(ScriptResult result, List<Map<String, Object>> awaiting) {
        if (result instanceof ScriptResult.Outputs returned) {
            try {
                read(returned.outputs(), awaiting);
            } catch (IllegalArgumentException e) {
                return ScriptResult.Problem.of(Reason.INVALID_RESULT, String.valueOf(e.getMessage()));
            }
        }
        return result;
    }

    /** @throws IllegalArgumentException naming the function, the reply, the field and the rule */
    public static List<Reply> read(List<Map<String, Object>> returned, List<Map<String, Object>> awaiting) {
        Map<Object, Boolean> answered = new HashMap<>();
        awaiting.forEach(
                command -> Optional.ofNullable(command.get("request_id")).ifPresent(id -> answered.put(id, false)));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < returned.size(); i++) {
            String at = "match_reply returned no replies: replies[" + i + "]";
            Reply reply = read(at, returned.get(i));
            Optional<Boolean> wasAnswered =
                    Optional.ofNullable(answered.put(reply.requestId().value(), true));
            if (wasAnswered.isEmpty()) {
                throw new IllegalArgumentException(
                        at + ".request_id " + reply.requestId() + " is not one of the commands that wait");
            }
            if (wasAnswered.get()) {
                throw new IllegalArgumentException(at + ".request_id " + reply.requestId() + " comes twice");
            }
            replies.add(reply);
        }
        return replies;
    }

    private static Reply read(String at, Map<String, Object> reply) {
        reply.keySet().stream()
                .filter(key -> !List.of("request_id", "outcome", "message").contains(key))
                .findFirst()
                .ifPresent(key -> {
                    throw new IllegalArgumentException(
                            at + " may have request_id, outcome and message but has '" + key + "'");
                });
        if (!(reply.get("request_id") instanceof String id)) {
            throw new IllegalArgumentException(at + ".request_id must be text");
        }
        Outcome outcome = Optional.ofNullable(reply.get("outcome"))
                .map(OUTCOMES::get)
                .orElseThrow(() -> new IllegalArgumentException(at + ".outcome must be 'succeeded' or 'refused'"));
        Object message = reply.getOrDefault("message", "");
        if (!(message instanceof String) && message != JsonNull.NULL) {
            throw new IllegalArgumentException(at + ".message must be text");
        }
        return new Reply(requestId(at, id), outcome, message instanceof String text ? text : "");
    }

    private static RequestId requestId(String at, String id) {
        try {
            return new RequestId(id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(at + ".request_id: " + e.getMessage(), e);
        }
    }
}
