package io.preservarium.pusher.operator.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command and what else is wanted of it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeviceCommandSpec(
        CommandSpec command,
        @Nullable Boolean cancel,
        @Nullable Long ttlSecondsAfterFinished,
        @Nullable PusherRef pusherRef) {

    /** The installation that is meant. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PusherRef(String name) {}

    @JsonIgnore
    public boolean isCancelled() {
        return Boolean.TRUE.equals(cancel);
    }

    @JsonIgnore
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(ttlSecondsAfterFinished).map(Duration::ofSeconds);
    }

    /** Whether the installation of this name is meant; without a reference every one is. */
    @JsonIgnore
    public boolean isFor(String pusherName) {
        return pusherRef == null || pusherRef.name().equals(pusherName);
    }
}
