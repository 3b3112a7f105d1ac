package io.preservarium.pusher.operator.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command as somebody wrote it; text is checked when it becomes a {@link io.preservarium.pusher.command.Command}. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CommandSpec(
        String deviceId,
        String commandType,
        String protocol,
        Map<String, @Nullable Object> payload,
        @Nullable Map<String, @Nullable Object> metadata,
        @Nullable String parserScriptRef,
        @Nullable String parserScriptSha256,
        @Nullable String idempotencyKey,
        @Nullable String collapseKey,
        @Nullable String notBefore,
        @Nullable String expiresAt,
        @Nullable String expiresAfter,
        @Nullable String expect,
        @Nullable String replyTimeout) {}
