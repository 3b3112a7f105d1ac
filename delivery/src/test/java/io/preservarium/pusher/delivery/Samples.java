package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.DeadLetterRecords;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.records.UplinkRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commands and uplinks for the tests of this module. */
public final class Samples {

    public static final Instant START = Instant.parse("2026-11-21T01:52:00Z");
    public static final DeliveryRules RULES =
            new DeliveryRules(ExpiryRule.STANDARD, 100, Duration.ofSeconds(15), 3, Duration.ofSeconds(30));

    private Samples() {}

    public static Command command(String device, String id) {
        return command(device, id, START, START.plus(Duration.ofDays(1)), Optional.empty(), Optional.empty());
    }

    public static Command command(
            String device,
            String id,
            Instant timestamp,
            Instant expires,
            Optional<Instant> notBefore,
            Optional<String> collapseKey) {
        return new Command(
                new RequestId(id),
                timestamp,
                new DeviceId(device),
                "config_update",
                Map.of("n", 1),
                Protocol.COAP,
                Optional.of(new ParserRef("echo.py")),
                Optional.empty(),
                Map.of(),
                expires,
                notBefore,
                collapseKey,
                Expectation.SENT,
                Optional.empty());
    }

    public static Command parsedBy(Command command, String ref) {
        return new Command(
                command.requestId(),
                command.timestamp(),
                command.deviceId(),
                command.commandType(),
                command.payload(),
                command.protocol(),
                Optional.of(new ParserRef(ref)),
                command.parserScriptSha256(),
                command.metadata(),
                command.expiresAt(),
                command.notBefore(),
                command.collapseKey(),
                command.expect(),
                command.replyTimeout());
    }

    /** What the book remembers of a command that came in by REST. */
    public static Waiting.Facts facts(Command command, long offset) {
        return new Waiting.Facts(
                command.deviceId(),
                offset,
                command.requestId(),
                command.commandType(),
                command.timestamp(),
                Optional.empty(),
                command.expiresAt(),
                command.notBefore(),
                command.collapseKey(),
                command.expect(),
                command.parserScriptRef(),
                Origin.REST);
    }

    /** The records of topics with one-letter names: commands, cancellations (x), status, uplinks, dead letters. */
    public static DeliveryRecords records() {
        return new DeliveryRecords(
                new CommandRecords("c", RULES.expiry(), RecordLimits.STANDARD),
                new CancellationRecords("x", RecordLimits.STANDARD),
                new StatusRecords("s", RecordLimits.STANDARD),
                new UplinkRecords("u", RecordLimits.STANDARD),
                new DeadLetterRecords("d", RecordLimits.STANDARD));
    }

    public static Uplink uplink(String device, String id, Instant at) {
        return new Uplink(
                id,
                new DeviceId(device),
                Protocol.COAP,
                at,
                "coap://127.0.0.1:40000",
                "/m",
                Optional.of("POST"),
                new byte[] {1},
                Optional.empty(),
                List.of(),
                Optional.empty());
    }
}
