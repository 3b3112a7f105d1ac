package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.operator.command.progress.Knowledge;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** All that the next step depends on: the resource, what was written about it, and what this process knows of its command. */
record Observed(Desired desired, Written written, Knowledge knowledge, boolean hasNews, boolean cancelAsked) {

    /**
     * The resource. {@code hasKey}: its command may be in Kafka although this resource is new. {@code hasFinalizer}: ours,
     * which is set before anything is published and gone when the command is final.
     */
    record Desired(
            SpecReading reading,
            long generation,
            boolean hasKey,
            boolean hasFinalizer,
            boolean isDeleting,
            boolean isCancelled,
            Optional<Duration> timeToLive) {}

    /** Its status. */
    record Written(
            Optional<CommandState> state,
            boolean isFinal,
            Optional<Instant> acceptedAt,
            Optional<Instant> finishedAt,
            long generation) {

        static final Written NOTHING = new Written(Optional.empty(), false, Optional.empty(), Optional.empty(), 0);

        static Written of(DeviceCommandStatus status) {
            return new Written(
                    Optional.ofNullable(status.state()).flatMap(CommandState::of),
                    Boolean.TRUE.equals(status.isFinal()),
                    Optional.ofNullable(status.acceptedAt()).map(Instant::parse),
                    Optional.ofNullable(status.finishedAt()).map(Instant::parse),
                    Optional.ofNullable(status.observedGeneration()).orElse(0L));
        }

        boolean isAccepted() {
            return acceptedAt.isPresent();
        }
    }
}
