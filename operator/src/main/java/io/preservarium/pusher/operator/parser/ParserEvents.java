package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.operator.installation.KubernetesEvents;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What happened to the parser scripts of a ConfigMap, as Kubernetes Events. */
final class ParserEvents {

    private static final int STEP_DIGITS = 12;

    private final KubernetesEvents events;

    ParserEvents(KubernetesEvents events) {
        this.events = events;
    }

    void became(ConfigMap configMap, ParserRef ref, ScriptOutcome outcome) {
        switch (outcome) {
            case ScriptOutcome.Live live ->
                tell(
                        configMap,
                        ref + " live " + live.content() + live.sha256(),
                        "Normal",
                        "ParserLive",
                        ref + " is live as sha256 " + live.sha256() + ", examples passed: " + live.examples());
            case ScriptOutcome.Refused refused ->
                tell(
                        configMap,
                        ref + " refused " + refused.content(),
                        "Warning",
                        "ParserRefused",
                        ref + " " + refused.message()
                                + refused.live()
                                        .map(sha -> "; sha256 " + sha + " stays live")
                                        .orElse(""));
            case ScriptOutcome.Owned owned ->
                tell(
                        configMap,
                        ref + " owned " + owned.message(),
                        "Warning",
                        "ParserOwned",
                        ref + " is not taken: " + owned.message());
            case ScriptOutcome.Waiting waiting -> {}
        }
    }

    void problem(ConfigMap configMap, String key, String message) {
        tell(configMap, key + " problem " + message, "Warning", "ParserRefused", key + ": " + message);
    }

    void removed(ConfigMap configMap, ParserRef ref) {
        tell(configMap, ref + " removed", "Normal", "ParserRemoved", ref + " is removed");
    }

    /** Told once in each outage, which the time tells apart. */
    void away(ConfigMap configMap, String why, Instant at) {
        events.tell(
                configMap,
                "unavailable-" + at.getEpochSecond(),
                "Warning",
                "ParserUnavailable",
                "pusher-api does not take the scripts yet: " + why);
    }

    /** The version of the ConfigMap tells apart what happens again from what is told again. */
    private void tell(ConfigMap configMap, String what, String type, String reason, String message) {
        String step = Digest.of(
                        (what + " " + configMap.getMetadata().getResourceVersion()).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, STEP_DIGITS);
        events.tell(configMap, step, type, reason, message);
    }

    void close() {
        events.close();
    }
}
