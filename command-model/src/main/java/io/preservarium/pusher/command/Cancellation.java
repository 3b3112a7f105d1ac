package io.preservarium.pusher.command;

import java.time.Instant;

/** A request that a command not be done; what became of it is told by the command's status. {@code by} names who asked. */
public record Cancellation(RequestId requestId, DeviceId deviceId, Instant at, String by) {}
