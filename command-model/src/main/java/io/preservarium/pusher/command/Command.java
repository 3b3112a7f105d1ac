package io.preservarium.pusher.command;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a device is to be told. {@code payload} and {@code metadata} are JSON objects of plain JDK values: Map, List,
 * String, Boolean, numbers in their {@link PlainNumber one form} and, for JSON null, {@link JsonNull}; numbers are exact.
 * Times are kept to the millisecond, as records hold them, and lie in the years 0 to 9999 (RFC 3339 section 1).
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
    public static final Duration MAX_REPLY_TIMEOUT = Duration.ofDays(30);
    public static final Instant FIRST_TIME = Instant.parse("0000-01-01T00:00:00Z");
    public static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** How long a command lives unless somebody says otherwise. */
    public static final Duration DEFAULT_LIFE = Duration.ofDays(7);

    public Command {
        requireText("command type", commandType, MAX_COMMAND_TYPE_LENGTH);
        collapseKey.ifPresent(key -> requireText("collapse key", key, MAX_COLLAPSE_KEY_LENGTH));
        payload = Collections.unmodifiableMap(new LinkedHashMap<>(payload));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        timestamp = time("timestamp", timestamp);
        expiresAt = time("expires_at", expiresAt);
        if (notBefore.isPresent()) {
            Instant earliest = time("not_before", notBefore.get());
            if (!earliest.isBefore(expiresAt)) {
                throw new IllegalArgumentException(
                        "not_before must be earlier than expires_at " + expiresAt + " but was " + earliest);
            }
            notBefore = Optional.of(earliest);
        }
        replyTimeout.ifPresent(Command::requireReplyTimeout);
    }

    private static void requireText(String what, String text, int max) {
        if (text.isEmpty() || text.length() > max) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + max + " characters but had " + text.length());
        }
        if (!ForeignText.isWellFormed(text)) {
            throw new IllegalArgumentException(what + " must be valid Unicode but had half a surrogate pair");
        }
    }

    private static Instant time(String what, Instant time) {
        if (time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME)) {
            throw new IllegalArgumentException(what + " must lie in the years 0 to 9999 but was " + time);
        }
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private static void requireReplyTimeout(Duration timeout) {
        if (timeout.getNano() != 0 || timeout.toSeconds() < 1 || timeout.compareTo(MAX_REPLY_TIMEOUT) > 0) {
            throw new IllegalArgumentException("reply timeout must be whole seconds, 1 to "
                    + MAX_REPLY_TIMEOUT.toSeconds() + ", but was " + timeout);
        }
    }

    /** Whether its time has come and not passed. */
    public boolean isDue(Instant now) {
        return notBefore.map(t -> !now.isBefore(t)).orElse(true);
    }

    /** A command without payload and options that expires after {@link #DEFAULT_LIFE}. */
    public static Builder builder(
            RequestId requestId, DeviceId deviceId, String commandType, Protocol protocol, Instant timestamp) {
        return new Builder(requestId, deviceId, commandType, protocol, timestamp);
    }

    /** The same command, to be changed. */
    public Builder toBuilder() {
        Builder builder = builder(requestId, deviceId, commandType, protocol, timestamp)
                .payload(payload)
                .metadata(metadata)
                .expiresAt(expiresAt)
                .expect(expect);
        builder.parserScriptRef = parserScriptRef;
        builder.parserScriptSha256 = parserScriptSha256;
        builder.notBefore = notBefore;
        builder.collapseKey = collapseKey;
        builder.replyTimeout = replyTimeout;
        return builder;
    }

    /** Collects what a command says beyond its identity. */
    public static final class Builder {
        private RequestId requestId;
        private final DeviceId deviceId;
        private final String commandType;
        private final Protocol protocol;
        private final Instant timestamp;
        private Map<String, Object> payload = Map.of();
        private Optional<ParserRef> parserScriptRef = Optional.empty();
        private Optional<Digest> parserScriptSha256 = Optional.empty();
        private Map<String, Object> metadata = Map.of();
        private Instant expiresAt;
        private Optional<Instant> notBefore = Optional.empty();
        private Optional<String> collapseKey = Optional.empty();
        private Expectation expect = Expectation.SENT;
        private Optional<Duration> replyTimeout = Optional.empty();

        private Builder(
                RequestId requestId, DeviceId deviceId, String commandType, Protocol protocol, Instant timestamp) {
            this.requestId = requestId;
            this.deviceId = deviceId;
            this.commandType = commandType;
            this.protocol = protocol;
            this.timestamp = timestamp;
            this.expiresAt = timestamp.plus(DEFAULT_LIFE);
        }

        public Builder requestId(RequestId id) {
            requestId = id;
            return this;
        }

        public Builder payload(Map<String, Object> object) {
            payload = object;
            return this;
        }

        public Builder parserScriptRef(ParserRef ref) {
            parserScriptRef = Optional.of(ref);
            return this;
        }

        public Builder parserScriptRef(String ref) {
            return parserScriptRef(new ParserRef(ref));
        }

        public Builder parserScriptSha256(Digest sha256) {
            parserScriptSha256 = Optional.of(sha256);
            return this;
        }

        public Builder metadata(Map<String, Object> object) {
            metadata = object;
            return this;
        }

        public Builder expiresAt(Instant time) {
            expiresAt = time;
            return this;
        }

        public Builder notBefore(Instant time) {
            notBefore = Optional.of(time);
            return this;
        }

        public Builder collapseKey(String key) {
            collapseKey = Optional.of(key);
            return this;
        }

        public Builder expect(Expectation state) {
            expect = state;
            return this;
        }

        public Builder replyTimeout(Duration wholeSeconds) {
            replyTimeout = Optional.of(wholeSeconds);
            return this;
        }

        public Command build() {
            return new Command(
                    requestId,
                    timestamp,
                    deviceId,
                    commandType,
                    payload,
                    protocol,
                    parserScriptRef,
                    parserScriptSha256,
                    metadata,
                    expiresAt,
                    notBefore,
                    collapseKey,
                    expect,
                    replyTimeout);
        }
    }
}
