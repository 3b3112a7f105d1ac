package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** One pass over the fields of one command that finds every violation, not only the first. */
final class CommandFields {

    private static final List<String> KNOWN = List.of(
            "request_id",
            "timestamp",
            "device_id",
            "command_type",
            "payload",
            "protocol",
            "parser_script_ref",
            "parser_script_sha256",
            "metadata",
            "expires_at",
            "not_before",
            "collapse_key",
            "expect",
            "reply_timeout_seconds");

    /** Protocol options that REST takes at the top level too. */
    private static final List<String> SHORTCUTS = List.of("qos", "retain", "confirmable", "topic");

    private static final Duration MAX_REPLY_TIMEOUT = Duration.ofDays(30);
    private static final int SHOWN = 80;

    private final JsonNode node;
    private final boolean strict;
    private final ExpiryRule expiry;
    private final List<Violation> violations = new ArrayList<>();

    private CommandFields(JsonNode node, boolean strict, ExpiryRule expiry) {
        this.node = node;
        this.strict = strict;
        this.expiry = expiry;
    }

    static CommandFields record(ObjectNode node, ExpiryRule expiry) {
        return new CommandFields(node, false, expiry);
    }

    static CommandFields request(JsonNode node, ExpiryRule expiry) {
        return new CommandFields(node, true, expiry);
    }

    CommandJson.Read read(RequestId ifAbsent, Instant acceptedAt) {
        return read(() -> ifAbsent, acceptedAt);
    }

    CommandJson.Read read(Supplier<RequestId> newId, Instant acceptedAt) {
        if (!node.isObject()) {
            return new CommandJson.Read.Invalid(
                    List.of(new Violation("", "must be a JSON object")), Optional.empty(), Optional.empty());
        }
        if (strict) {
            refuseUnknown();
        }
        Optional<RequestId> given = value("request_id", RequestId::new);
        Optional<DeviceId> device = required("device_id", value("device_id", DeviceId::new));
        Optional<String> type = required("command_type", value("command_type", CommandFields::commandType));
        Optional<Map<String, Object>> payload = required("payload", object("payload"));
        Optional<Protocol> protocol = required("protocol", value("protocol", CommandFields::protocol));
        Optional<ParserRef> parser = value("parser_script_ref", ParserRef::new);
        Optional<Digest> sha = value("parser_script_sha256", Digest::new);
        Map<String, Object> metadata = metadata();
        Optional<Instant> timestamp = time("timestamp");
        Instant expires = expiresAt(acceptedAt);
        Optional<Instant> notBefore = time("not_before");
        if (notBefore.isPresent() && !notBefore.get().isBefore(expires)) {
            violate("not_before", "must be earlier than expires_at " + Json.time(expires));
        }
        Optional<String> collapse = value("collapse_key", CommandFields::collapseKey);
        Optional<Expectation> expect = value("expect", CommandFields::expectation);
        Optional<Duration> replyTimeout = replyTimeout();

        if (!violations.isEmpty()) {
            return new CommandJson.Read.Invalid(violations, device, violates("request_id") ? Optional.empty() : given);
        }
        return new CommandJson.Read.Valid(new Command(
                given.orElseGet(newId),
                timestamp.orElse(acceptedAt),
                device.orElseThrow(),
                type.orElseThrow(),
                payload.orElseThrow(),
                protocol.orElseThrow(),
                parser,
                sha,
                metadata,
                expires,
                notBefore,
                collapse,
                expect.orElse(Expectation.SENT),
                replyTimeout));
    }

    private void refuseUnknown() {
        node.fieldNames().forEachRemaining(field -> {
            if (KNOWN.contains(field) || SHORTCUTS.contains(field)) {
                return;
            }
            if (field.equals("path")) {
                violate(
                        "path",
                        "is not a field any more; name the parser script in parser_script_ref, and a CoAP resource in metadata.path");
                return;
            }
            violate(
                    bounded(field),
                    "is not a field of a command"
                            + Nearest.to(field, KNOWN)
                                    .map(known -> "; did you mean '" + known + "'?")
                                    .orElse("; the fields are " + String.join(", ", KNOWN)));
        });
    }

    private Optional<JsonNode> present(String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    private <T> Optional<T> required(String field, Optional<T> value) {
        if (value.isEmpty() && !violates(field)) {
            violate(field, "is required");
        }
        return value;
    }

    /** A text field turned into a type that checks itself. */
    private <T> Optional<T> value(String field, Function<String, T> birth) {
        Optional<JsonNode> value = present(field);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.get().isTextual()) {
            violate(field, "must be a string but was " + kind(value.get()));
            return Optional.empty();
        }
        try {
            return Optional.of(birth.apply(value.get().textValue()));
        } catch (IllegalArgumentException e) {
            violate(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Map<String, Object>> object(String field) {
        Optional<JsonNode> value = present(field);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.get().isObject()) {
            violate(field, "must be a JSON object but was " + kind(value.get()));
            return Optional.empty();
        }
        checkLeaves(field, value.get());
        return Optional.of(Json.plainObject(value.get()));
    }

    private Map<String, Object> metadata() {
        Map<String, Object> metadata = new LinkedHashMap<>(object("metadata").orElse(Map.of()));
        if (!strict) {
            return metadata;
        }
        for (String field : SHORTCUTS) {
            present(field).ifPresent(value -> {
                Object plain = Json.plainObject(Json.object().set(field, value)).get(field);
                Object before = metadata.putIfAbsent(field, plain);
                if (before != null && !before.equals(plain)) {
                    violate(field, "differs from metadata." + field + "; give it once");
                }
            });
        }
        return metadata;
    }

    private Optional<Instant> time(String field) {
        return value(field, text -> Json.instant(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be a time such as 2026-11-21T01:52:00Z (RFC 3339) but was '" + bounded(text) + "'")));
    }

    private Instant expiresAt(Instant acceptedAt) {
        Optional<Instant> given = time("expires_at");
        if (given.isEmpty()) {
            return acceptedAt.plus(expiry.byDefault());
        }
        Instant latest = acceptedAt.plus(expiry.atMost());
        if (given.get().isAfter(latest)) {
            violate("expires_at", "must be at most " + expiry.atMost().toDays() + " days ahead, " + Json.time(latest));
        }
        if (strict && !given.get().isAfter(acceptedAt)) {
            violate("expires_at", "must lie in the future but was " + Json.time(given.get()));
        }
        return given.get();
    }

    private Optional<Duration> replyTimeout() {
        Optional<JsonNode> value = present("reply_timeout_seconds");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        JsonNode seconds = value.get();
        if (!seconds.isIntegralNumber()
                || !seconds.canConvertToLong()
                || seconds.longValue() < 1
                || seconds.longValue() > MAX_REPLY_TIMEOUT.toSeconds()) {
            violate(
                    "reply_timeout_seconds",
                    "must be a whole number of seconds, 1 to " + MAX_REPLY_TIMEOUT.toSeconds());
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(seconds.longValue()));
    }

    private static String commandType(String text) {
        if (text.isEmpty() || text.length() > Command.MAX_COMMAND_TYPE_LENGTH) {
            throw new IllegalArgumentException(
                    "must have 1 to " + Command.MAX_COMMAND_TYPE_LENGTH + " characters but had " + text.length());
        }
        requireUnicode(text);
        return text;
    }

    private static String collapseKey(String text) {
        if (text.isEmpty() || text.length() > Command.MAX_COLLAPSE_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "must have 1 to " + Command.MAX_COLLAPSE_KEY_LENGTH + " characters but had " + text.length());
        }
        requireUnicode(text);
        return text;
    }

    private static Protocol protocol(String text) {
        return Protocol.of(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("must be 'coap' or 'mqtt' but was '" + bounded(text) + "'"));
    }

    private static Expectation expectation(String text) {
        return Expectation.of(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be 'sent', 'delivered' or 'succeeded' but was '" + bounded(text) + "'"));
    }

    /** Half a surrogate pair can be written in JSON and cannot be written back; a huge exponent is a trap for scripts. */
    private void checkLeaves(String path, JsonNode value) {
        if (value.isObject()) {
            value.properties().forEach(field -> {
                if (!isUnicode(field.getKey())) {
                    violate(path, "has a key that is not valid Unicode");
                }
                checkLeaves(path + "." + bounded(field.getKey()), field.getValue());
            });
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                checkLeaves(path + "[" + i + "]", value.get(i));
            }
        } else if (value.isTextual() && !isUnicode(value.textValue())) {
            violate(path, "is not valid Unicode");
        } else if (value.isBigDecimal()) {
            BigDecimal number = value.decimalValue();
            if (Math.abs((long) number.precision() - number.scale()) > Json.MAX_EXPONENT) {
                violate(path, "must have an exponent of at most " + Json.MAX_EXPONENT);
            }
        }
    }

    private static void requireUnicode(String text) {
        if (!isUnicode(text)) {
            throw new IllegalArgumentException("is not valid Unicode");
        }
    }

    private static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "a string";
            case BOOLEAN -> "a boolean";
            case NUMBER -> "a number";
            case NULL, MISSING, BINARY, POJO -> "nothing";
        };
    }

    static String bounded(String text) {
        String clean = isUnicode(text) ? text : "(not valid Unicode)";
        return clean.length() <= SHOWN ? clean : clean.substring(0, SHOWN) + "…";
    }

    private boolean violates(String field) {
        return violations.stream().anyMatch(v -> v.field().equals(field));
    }

    private void violate(String field, String message) {
        violations.add(new Violation(field, message));
    }
}
