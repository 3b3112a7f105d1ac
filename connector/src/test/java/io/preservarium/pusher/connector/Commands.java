package io.preservarium.pusher.connector;

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

/** Commands for tests of a connector. */
public final class Commands {

    public static final Instant NOW = Instant.parse("2026-11-21T01:52:00Z");
    public static final Duration LIFE = Duration.ofHours(1);

    private static final String SENSOR = "282c02424eed";

    private Commands() {}

    public static Command command(
            String requestId, String device, Map<String, Object> metadata, Duration life, Expectation expect) {
        return new Command(
                new RequestId(requestId),
                NOW,
                new DeviceId(device),
                "config_update",
                Map.of(),
                // A topic is what only a command by MQTT has.
                metadata.containsKey("topic") ? Protocol.MQTT : Protocol.COAP,
                Optional.of(FakeParser.REF),
                Optional.empty(),
                metadata,
                NOW.plus(life),
                Optional.empty(),
                Optional.empty(),
                expect,
                Optional.empty());
    }

    public static Command command(Map<String, Object> metadata, Expectation expect) {
        return command("c-1", SENSOR, metadata, LIFE, expect);
    }

    public static HandOut.Offer offer(byte[] bytes) {
        return offer("c-1", SENSOR, Map.of(), bytes);
    }

    public static HandOut.Offer offer(String requestId, String device, Map<String, Object> metadata, byte[] bytes) {
        return offer(command(requestId, device, metadata, LIFE, Expectation.SENT), bytes);
    }

    public static HandOut.Offer offer(Command command, byte[] bytes) {
        return new HandOut.Offer(command, 1, bytes, FakeParser.VERSION, Map.of(), List.of());
    }
}
