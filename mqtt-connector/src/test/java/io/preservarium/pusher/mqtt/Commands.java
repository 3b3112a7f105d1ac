package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commands for tests. */
final class Commands {

    static final Instant NOW = Instant.parse("2026-11-21T01:52:00Z");
    static final Duration LIFE = Duration.ofHours(1);

    private Commands() {}

    static Command command(
            String requestId, String device, Map<String, Object> metadata, Duration life, Expectation expect) {
        return new Command(
                new RequestId(requestId),
                NOW,
                new DeviceId(device),
                "reboot",
                Map.of(),
                Protocol.MQTT,
                Optional.of(FakeParser.REF),
                Optional.empty(),
                metadata,
                NOW.plus(life),
                Optional.empty(),
                Optional.empty(),
                expect,
                Optional.empty());
    }

    static HandOut.Offer offer(String requestId, String device, Map<String, Object> metadata, byte[] bytes) {
        return offer(command(requestId, device, metadata, LIFE, Expectation.SENT), bytes);
    }

    static HandOut.Offer offer(Command command, byte[] bytes) {
        return new HandOut.Offer(command, 1, bytes, FakeParser.VERSION, Map.of(), List.of());
    }
}
