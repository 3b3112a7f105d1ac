package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;

/** Where a command stands: its device and the offset of its record. */
public record Place(DeviceId device, long offset) {}
