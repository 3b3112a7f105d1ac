package io.preservarium.pusher.coap;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commands for tests. */
final class Commands {

    static final Instant NOW = Instant.parse("2026-11-21T01:52:00Z");

    private Commands() {}

    static Command command(Map<String, Object> metadata, Expectation expect) {
        return new Command(
                new RequestId("c-1"),
                NOW,
                new DeviceId("282c02424eed"),
                "config_update",
                Map.of(),
                Protocol.COAP,
                Optional.of(FakeParser.REF),
                Optional.empty(),
                metadata,
                NOW.plusSeconds(3600),
                Optional.empty(),
                Optional.empty(),
                expect,
                Optional.empty());
    }

    static HandOut.Offer offer(byte[] bytes) {
        return new HandOut.Offer(
                command(Map.of(), Expectation.SENT), 1, bytes, FakeParser.VERSION, Map.of(), List.of());
    }
}
