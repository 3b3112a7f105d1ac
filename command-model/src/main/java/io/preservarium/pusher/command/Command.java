package io.preservarium.pusher.command;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a device is to be told. {@code payload} and {@code metadata} are JSON objects of plain JDK values: Map, List,
 * String, Boolean, Integer, Long, BigInteger, BigDecimal and, for JSON null, {@link JsonNull}; numbers are exact.
 */
public record Command(
        RequestId requestId,
        Instant timestamp,
        DeviceId deviceId,
        String commandType,
        Map<String, Object> payload,
        Protocol protocol,
        Optional<ParserRef> parserScriptRef,
        Optional<Digest> parserScriptSha256,
        Map<String, Object> metadata,
        Instant expiresAt,
        Optional<Instant> notBefore,
        Optional<String> collapseKey,
        Expectation expect,
        Optional<Duration> replyTimeout) {

    public static final int MAX_COMMAND_TYPE_LENGTH = 128;
    public static final int MAX_COLLAPSE_KEY_LENGTH = 128;

    public Command {
        if (commandType.isEmpty() || commandType.length() > MAX_COMMAND_TYPE_LENGTH) {
            throw new IllegalArgumentException("command type must have 1 to " + MAX_COMMAND_TYPE_LENGTH
                    + " characters but had " + commandType.length());
        }
        payload = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(payload));
        metadata = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(metadata));
        if (notBefore.isPresent() && !notBefore.get().isBefore(expiresAt)) {
            throw new IllegalArgumentException(
                    "not_before must be earlier than expires_at " + expiresAt + " but was " + notBefore.get());
        }
    }

    /** Whether its time has come and not passed. */
    public boolean isDue(Instant now) {
        return notBefore.map(t -> !now.isBefore(t)).orElse(true);
    }

    /** The same command with another end; for a command whose expiry was decided at acceptance. */
    public Command expiringAt(Instant end) {
        return end.equals(expiresAt)
                ? this
                : new Command(
                        requestId,
                        timestamp,
                        deviceId,
                        commandType,
                        payload,
                        protocol,
                        parserScriptRef,
                        parserScriptSha256,
                        metadata,
                        end,
                        notBefore,
                        collapseKey,
                        expect,
                        replyTimeout);
    }
}
