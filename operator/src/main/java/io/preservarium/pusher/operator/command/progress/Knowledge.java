package io.preservarium.pusher.operator.command.progress;

import io.preservarium.pusher.command.Progress;
import java.time.Instant;

/** What this process knows of a command's record in Kafka. */
public sealed interface Knowledge {

    /** Nothing yet: a process before this one may have published it. */
    record Unasked() implements Knowledge {}

    /** It is not there, and nobody else publishes it. */
    record NotInKafka() implements Knowledge {}

    /** Its id belongs to a command that says something else. */
    record OfAnother() implements Knowledge {}

    /** It is there since {@code acceptedAt}; {@code changedAt} is when this process learnt of the latest change. */
    record InKafka(Instant acceptedAt, Progress progress, Instant changedAt) implements Knowledge {}
}
