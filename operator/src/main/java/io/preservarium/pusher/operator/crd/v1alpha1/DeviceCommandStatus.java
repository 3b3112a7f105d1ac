package io.preservarium.pusher.operator.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Condition;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the command; times are RFC 3339 in UTC. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeviceCommandStatus(
        @Nullable Long observedGeneration,
        @Nullable String requestId,
        @Nullable String state,
        @JsonProperty("final") @Nullable Boolean isFinal,
        @Nullable String reason,
        @Nullable String message,
        @Nullable String acceptedAt,
        @Nullable String finishedAt,
        @Nullable Integer attempts,
        @Nullable SentBytes bytes,
        @Nullable ParserScript parserScript,
        @Nullable List<Condition> conditions) {

    /** What went out, without the bytes themselves. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record SentBytes(int length, String sha256) {}

    /** The version of the script that formatted them. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ParserScript(String ref, String sha256) {}

    public List<Condition> conditionList() {
        return conditions == null ? List.of() : conditions;
    }
}
