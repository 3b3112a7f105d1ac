package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.operator.crd.v1alpha1.CommandSpec;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a resource's spec means. The same resource always gives the same command: its times count from its creation. */
sealed interface SpecReading {

    record Valid(Command command) implements SpecReading {}

    /** What the schema could not refuse; the message names each field and its rule. */
    record Invalid(String message) implements SpecReading {}

    static SpecReading of(DeviceCommand resource, RequestIds ids, ExpiryRule expiry) {
        return new Pass(resource, ids, expiry).read();
    }

    /** Days, hours, minutes and seconds, such as {@code 1h30m}. */
    static Duration duration(String text) {
        Matcher matcher = Pass.DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("must be a duration such as 30s, 15m, 6h, 7d or 1h30m");
        }
        return Duration.ofDays(Pass.number(matcher, 1))
                .plusHours(Pass.number(matcher, 2))
                .plusMinutes(Pass.number(matcher, 3))
                .plusSeconds(Pass.number(matcher, 4));
    }

    /** One pass that finds every violation, not only the first. */
    final class Pass {

        private static final Pattern DURATION =
                Pattern.compile("(?:([0-9]{1,7})d)?(?:([0-9]{1,7})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,7})s)?");
        private static final Duration MAX_REPLY_TIMEOUT = Duration.ofDays(30);

        private final DeviceCommand resource;
        private final RequestIds ids;
        private final ExpiryRule expiry;
        private final List<String> violations = new ArrayList<>();

        private Pass(DeviceCommand resource, RequestIds ids, ExpiryRule expiry) {
            this.resource = resource;
            this.ids = ids;
            this.expiry = expiry;
        }

        private SpecReading read() {
            CommandSpec spec = resource.wanted().command();
            Instant created = Instant.parse(resource.getMetadata().getCreationTimestamp());
            Optional<DeviceId> device = field("deviceId", spec.deviceId(), DeviceId::new);
            Optional<Protocol> protocol = field("protocol", spec.protocol(), word -> Protocol.of(word)
                    .orElseThrow(() -> new IllegalArgumentException("must be 'coap' or 'mqtt'")));
            Optional<ParserRef> parser = field("parserScriptRef", spec.parserScriptRef(), ParserRef::new);
            Optional<Digest> sha = field("parserScriptSha256", spec.parserScriptSha256(), Digest::new);
            Optional<Instant> notBefore = field("notBefore", spec.notBefore(), Pass::time);
            Optional<Expectation> expect = field("expect", spec.expect(), word -> Expectation.of(word)
                    .orElseThrow(() -> new IllegalArgumentException("must be 'sent', 'delivered' or 'succeeded'")));
            Optional<Duration> replyTimeout = field("replyTimeout", spec.replyTimeout(), Pass::replyTimeout);
            Instant expiresAt = expiresAt(spec, created);
            if (!violations.isEmpty()) {
                return new Invalid(String.join("; ", violations));
            }
            try {
                return new Valid(new Command(
                        ids.of(resource),
                        created,
                        device.orElseThrow(),
                        spec.commandType(),
                        plain(spec.payload()),
                        protocol.orElseThrow(),
                        parser,
                        sha,
                        spec.metadata() == null ? Map.of() : plain(spec.metadata()),
                        expiresAt,
                        notBefore,
                        Optional.ofNullable(spec.collapseKey()),
                        expect.orElse(Expectation.SENT),
                        replyTimeout));
            } catch (IllegalArgumentException e) {
                return new Invalid("spec.command: " + e.getMessage());
            }
        }

        private Instant expiresAt(CommandSpec spec, Instant created) {
            Instant latest = created.plus(expiry.atMost());
            Optional<Instant> at = field("expiresAt", spec.expiresAt(), Pass::time);
            Optional<Instant> after = field("expiresAfter", spec.expiresAfter(), text -> created.plus(duration(text)));
            Instant expiresAt = at.or(() -> after).orElseGet(() -> created.plus(expiry.byDefault()));
            if (expiresAt.isAfter(latest)) {
                violations.add("spec.command." + (at.isPresent() ? "expiresAt" : "expiresAfter") + " must be at most "
                        + expiry.atMost().toDays() + " days after creation, " + latest);
            }
            return expiresAt;
        }

        private <T> Optional<T> field(String name, @Nullable String text, Function<String, T> birth) {
            if (text == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(birth.apply(text));
            } catch (IllegalArgumentException e) {
                violations.add("spec.command." + name + ": " + e.getMessage());
                return Optional.empty();
            }
        }

        private static Instant time(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("must be a time such as 2026-11-21T01:52:00Z (RFC 3339)", e);
            }
        }

        private static Duration replyTimeout(String text) {
            Duration timeout = duration(text);
            if (timeout.isZero() || timeout.compareTo(MAX_REPLY_TIMEOUT) > 0) {
                throw new IllegalArgumentException("must be 1s to 30d but was " + text);
            }
            return timeout;
        }

        private static long number(Matcher matcher, int group) {
            String digits = matcher.group(group);
            return digits == null ? 0 : Long.parseLong(digits);
        }

        /** JSON null is a value of its own; the rest is plain already. */
        private static Map<String, Object> plain(Map<String, @Nullable Object> object) {
            Map<String, Object> plain = new LinkedHashMap<>();
            object.forEach((key, value) -> plain.put(key, plain(value)));
            return plain;
        }

        private static Object plain(@Nullable Object value) {
            return switch (value) {
                case null -> JsonNull.NULL;
                case Map<?, ?> map -> {
                    Map<String, Object> plain = new LinkedHashMap<>();
                    map.forEach((key, item) -> plain.put(String.valueOf(key), plain(item)));
                    yield plain;
                }
                case List<?> list -> list.stream().map(Pass::plain).toList();
                default -> value;
            };
        }
    }
}
