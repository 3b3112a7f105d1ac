package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.Command;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command on its way to the command topic. A door publishes only what it has read back itself, by the rules that every
 * reader of the topic goes by: what is accepted is what will be read.
 */
public sealed interface CommandRecord {

    /** To be published. {@code command} is what readers will see, {@code headers} are in UTF-8. */
    record Readable(byte[] key, byte[] value, Map<String, String> headers, Command command) implements CommandRecord {
        public Readable {
            headers = Map.copyOf(headers);
        }
    }

    /** Not to be published: no reader would take it, or no topic. */
    record Refused(List<Violation> violations) implements CommandRecord {
        public Refused {
            violations = List.copyOf(violations);
        }

        /** All violations in one line. */
        public String message() {
            return Violation.line(violations);
        }
    }

    /**
     * @param headers beside request_id, protocol and expires_at, such as origin and traceparent
     * @param acceptedAt the record's time
     */
    static CommandRecord of(
            Command command, Map<String, String> headers, Instant acceptedAt, ExpiryRule expiry, RecordLimit limit) {
        byte[] key = command.deviceId().value().getBytes(StandardCharsets.UTF_8);
        byte[] value = CommandJson.write(command);
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(Headers.REQUEST_ID, command.requestId().value());
        all.put(Headers.PROTOCOL, command.protocol().word());
        all.put(Headers.EXPIRES_AT, WireTime.text(command.expiresAt()));
        long size = RecordLimit.size(key.length, value.length, all);
        if (size > limit.bytes()) {
            return new Refused(List.of(new Violation(
                    "",
                    "makes a record of " + size + " bytes with its headers; it must have at most " + limit.bytes())));
        }
        return switch (CommandJson.readRecord(value, command.requestId(), acceptedAt, expiry)) {
            case CommandJson.Read.Valid valid -> new Readable(key, value, all, valid.command());
            case CommandJson.Read.Invalid invalid -> new Refused(invalid.violations());
        };
    }
}
