package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParser;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** One pass over the fields of one command that finds every violation, not only the first. */
final class CommandFields {

    private static final List<String> NAMES = List.of(
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

    private static final Set<String> KNOWN = Set.copyOf(NAMES);
    private static final Set<String> KNOWN_TO_REST = union(KNOWN, SHORTCUTS);

    private final boolean strict;
    private final Document document;
    private final List<Violation> violations;

    private CommandFields(boolean strict, Document document) {
        this.strict = strict;
        this.document = document;
        this.violations = document.violations();
    }

    private static Set<String> union(Set<String> some, List<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /** The fields of a record, at whose start the parser stands. */
    static CommandFields record(JsonParser parser) throws IOException {
        return new CommandFields(false, Document.read(parser, KNOWN));
    }

    /** The fields of a REST request, at whose start the parser stands. */
    static CommandFields request(JsonParser parser) throws IOException {
        return new CommandFields(true, Document.read(parser, KNOWN_TO_REST));
    }

    CommandJson.Read read(Supplier<RequestId> newId, Instant acceptedAt, Expiry expiry) {
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
        Instant expires = expiresAt(acceptedAt, expiry);
        Optional<Instant> notBefore = time("not_before");
        if (notBefore.isPresent() && !notBefore.get().isBefore(expires)) {
            violate("not_before", "must be earlier than expires_at " + WireTime.text(expires));
        }
        Optional<String> collapse = value("collapse_key", CommandFields::collapseKey);
        Optional<Expectation> expect = value("expect", CommandFields::expectation);
        Optional<Duration> replyTimeout = replyTimeout();
        if (expires.isAfter(Command.LAST_TIME)
                || acceptedAt.isBefore(Command.FIRST_TIME)
                || acceptedAt.isAfter(Command.LAST_TIME)) {
            violate("", "is accepted or expires outside of the years 0 to 9999, by the record's time " + acceptedAt);
        }

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

    /** What the time of acceptance means for a command's life. */
    sealed interface Expiry {
        /** At acceptance: it must not be longer than the rule allows. */
        record Under(ExpiryRule rule) implements Expiry {}

        /** Later: it is as it was at acceptance, whatever the rule says by now. */
        record Settled(Instant expiresAt) implements Expiry {}
    }

    private void refuseUnknown() {
        document.unknown().forEach(field -> {
            if (field.equals("path")) {
                violate(
                        "path",
                        "is not a field any more; name the parser script in parser_script_ref, and a CoAP resource in metadata.path");
                return;
            }
            violate(
                    PlainReader.shown(field),
                    "is not a field of a command"
                            + Nearest.to(field, NAMES)
                                    .map(known -> "; did you mean '" + known + "'?")
                                    .orElse("; the fields are " + String.join(", ", NAMES)));
        });
    }

    private <T> Optional<T> required(String field, Optional<T> value) {
        if (value.isEmpty() && !violates(field)) {
            violate(field, "is required");
        }
        return value;
    }

    /** A text field turned into a type that checks itself. */
    private <T> Optional<T> value(String field, Function<String, T> birth) {
        Optional<Object> value = document.present(field);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof String text)) {
            violate(field, "must be a string but was " + kind(value.get()));
            return Optional.empty();
        }
        try {
            return Optional.of(birth.apply(text));
        } catch (IllegalArgumentException e) {
            if (!violates(field)) {
                violate(field, String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // a JSON object is read as nothing else
    private Optional<Map<String, Object>> object(String field) {
        Optional<Object> value = document.present(field);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof Map<?, ?> object)) {
            violate(field, "must be a JSON object but was " + kind(value.get()));
            return Optional.empty();
        }
        return Optional.of((Map<String, Object>) object);
    }

    private Map<String, Object> metadata() {
        Map<String, Object> given = object("metadata").orElse(Map.of());
        if (!strict || SHORTCUTS.stream().noneMatch(document.fields()::containsKey)) {
            return given;
        }
        Map<String, Object> metadata = new LinkedHashMap<>(given);
        for (String field : SHORTCUTS) {
            document.present(field).ifPresent(value -> {
                Object before = metadata.putIfAbsent(field, value);
                if (before != null && !before.equals(value)) {
                    violate(field, "differs from metadata." + field + "; give it once");
                }
            });
        }
        return metadata;
    }

    private Optional<Instant> time(String field) {
        return value(field, text -> WireTime.read(text)
                        .orElseThrow(() ->
                                new IllegalArgumentException("must be a time such as 2026-11-21T01:52:00Z (RFC 3339)"
                                        + " in the years 0 to 9999 but was '" + PlainReader.shown(text) + "'")))
                .map(time -> time.truncatedTo(ChronoUnit.MILLIS));
    }

    private Instant expiresAt(Instant acceptedAt, Expiry expiry) {
        Optional<Instant> given = time("expires_at");
        return switch (expiry) {
            case Expiry.Settled settled -> given.orElse(settled.expiresAt());
            case Expiry.Under under -> {
                ExpiryRule rule = under.rule();
                if (given.isEmpty()) {
                    yield acceptedAt.plus(rule.byDefault()).truncatedTo(ChronoUnit.MILLIS);
                }
                Instant latest = acceptedAt.plus(rule.atMost());
                if (given.get().isAfter(latest)) {
                    violate(
                            "expires_at",
                            "must be at most " + rule.atMost().toDays() + " days ahead, " + WireTime.text(latest));
                }
                if (strict && !given.get().isAfter(acceptedAt)) {
                    violate("expires_at", "must lie in the future but was " + WireTime.text(given.get()));
                }
                yield given.get();
            }
        };
    }

    private Optional<Duration> replyTimeout() {
        Optional<Object> value = document.present("reply_timeout_seconds");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        long seconds = value.get() instanceof Integer number ? number : 0;
        if (seconds < 1 || seconds > Command.MAX_REPLY_TIMEOUT.toSeconds()) {
            violate(
                    "reply_timeout_seconds",
                    "must be a whole number of seconds, 1 to " + Command.MAX_REPLY_TIMEOUT.toSeconds());
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private static String commandType(String text) {
        return bounded(text, Command.MAX_COMMAND_TYPE_LENGTH);
    }

    private static String collapseKey(String text) {
        return bounded(text, Command.MAX_COLLAPSE_KEY_LENGTH);
    }

    private static String bounded(String text, int max) {
        if (text.isEmpty() || text.length() > max) {
            throw new IllegalArgumentException("must have 1 to " + max + " characters but had " + text.length());
        }
        return text;
    }

    private static Protocol protocol(String text) {
        return Protocol.of(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be 'coap' or 'mqtt' but was '" + PlainReader.shown(text) + "'"));
    }

    private static Expectation expectation(String text) {
        return Expectation.of(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be 'sent', 'delivered' or 'succeeded' but was '" + PlainReader.shown(text) + "'"));
    }

    private static String kind(Object value) {
        return switch (value) {
            case Map<?, ?> object -> "an object";
            case List<?> list -> "a list";
            case String text -> "a string";
            case Boolean flag -> "a boolean";
            default -> "a number";
        };
    }

    private boolean violates(String field) {
        return violations.stream().anyMatch(v -> v.field().equals(field));
    }

    private void violate(String field, String message) {
        violations.add(new Violation(field, message));
    }
}
