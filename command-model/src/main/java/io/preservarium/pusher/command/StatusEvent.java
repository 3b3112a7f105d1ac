package io.preservarium.pusher.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One piece of evidence about one command, as recorded on the status topic. {@code at} is the time of the evidence,
 * {@code attempt} is 0 before the first, {@code commandType} and {@code protocol} are empty when the command could not be read.
 * Whatever scripts, devices and brokers said is cut to what always fits into a record: the event is what ends a command.
 *
 * @param delivery facts of the protocol, for people
 * @param exchange which of the device's own requests the attempt answers; for connectors, not for people
 */
public record StatusEvent(
        RequestId requestId,
        DeviceId deviceId,
        Optional<String> commandType,
        Optional<Protocol> protocol,
        CommandState state,
        boolean isFinal,
        Optional<Reason> reason,
        Optional<String> message,
        Instant at,
        String source,
        int attempt,
        boolean late,
        Optional<ParserVersion> parser,
        Optional<SentBytes> bytes,
        Map<String, Object> delivery,
        Optional<String> exchange) {

    public static final int MAX_MESSAGE_LENGTH = 1000;
    public static final int MAX_EXCHANGE_LENGTH = 512;

    private static final int MAX_SOURCE_LENGTH = 256;
    private static final int MAX_FACT_NAME_LENGTH = 128;
    /** In JSON. */
    private static final int MAX_FACTS_BYTES = 8 * 1024;

    private static final PlainValues.Limits ONE_FACT = new PlainValues.Limits(8, MAX_FACTS_BYTES, MAX_MESSAGE_LENGTH);

    private static final String LEFT_OUT = "left_out";
    private static final int LEFT_OUT_BYTES = 64;

    public StatusEvent {
        if (state == CommandState.ACCEPTED) {
            throw new IllegalArgumentException("accepted is the command record itself, never a status event");
        }
        if (attempt < 0) {
            throw new IllegalArgumentException("attempt must not be negative but was " + attempt);
        }
        exchange.ifPresent(text -> {
            if (text.isEmpty() || text.length() > MAX_EXCHANGE_LENGTH || !ForeignText.isWellFormed(text)) {
                throw new IllegalArgumentException("exchange must have 1 to " + MAX_EXCHANGE_LENGTH
                        + " characters of valid Unicode but had " + text.length());
            }
        });
        at = at.truncatedTo(ChronoUnit.MILLIS);
        commandType = commandType.map(text -> ForeignText.bounded(text, Command.MAX_COMMAND_TYPE_LENGTH));
        message = message.map(text -> ForeignText.bounded(text, MAX_MESSAGE_LENGTH));
        source = ForeignText.bounded(source, MAX_SOURCE_LENGTH);
        delivery = facts(delivery);
    }

    /** An event about no exchange of its own. */
    public StatusEvent(
            RequestId requestId,
            DeviceId deviceId,
            Optional<String> commandType,
            Optional<Protocol> protocol,
            CommandState state,
            boolean isFinal,
            Optional<Reason> reason,
            Optional<String> message,
            Instant at,
            String source,
            int attempt,
            boolean late,
            Optional<ParserVersion> parser,
            Optional<SentBytes> bytes,
            Map<String, Object> delivery) {
        this(
                requestId,
                deviceId,
                commandType,
                protocol,
                state,
                isFinal,
                reason,
                message,
                at,
                source,
                attempt,
                late,
                parser,
                bytes,
                delivery,
                Optional.empty());
    }

    /** Facts that do not fit are left out whole, and it is said how many. */
    private static Map<String, Object> facts(Map<String, Object> given) {
        Map<String, Object> facts = thatFit(given, MAX_FACTS_BYTES);
        if (facts.size() < given.size()) {
            facts = thatFit(given, MAX_FACTS_BYTES - LEFT_OUT_BYTES);
            facts.put(LEFT_OUT, given.size() - facts.size());
        }
        return Collections.unmodifiableMap(facts);
    }

    private static Map<String, Object> thatFit(Map<String, Object> given, int maxBytes) {
        Map<String, Object> facts = new LinkedHashMap<>();
        int bytes = 0;
        for (Map.Entry<String, Object> fact : given.entrySet()) {
            String name = ForeignText.bounded(fact.getKey(), MAX_FACT_NAME_LENGTH);
            Optional<PlainValues.Measured> plain = PlainValues.of(fact.getValue(), ONE_FACT);
            int length = plain.map(PlainValues.Measured::bytes).orElse(maxBytes) + 6 * name.length();
            if (plain.isPresent() && bytes + length <= maxBytes) {
                bytes += length;
                facts.put(name, plain.get().value());
            }
        }
        return facts;
    }

    /** The same evidence without anything that people alone would miss, for a broker that takes only small records. */
    public StatusEvent withoutFacts() {
        return new StatusEvent(
                requestId,
                deviceId,
                commandType,
                protocol,
                state,
                isFinal,
                reason,
                Optional.empty(),
                at,
                source,
                attempt,
                late,
                parser,
                bytes,
                Map.of(),
                exchange);
    }

    /** What went out, without the bytes themselves. */
    public record SentBytes(int length, Digest sha256) {
        public static SentBytes of(byte[] bytes) {
            return new SentBytes(bytes.length, Digest.of(bytes));
        }
    }

    /** Starts an event about a readable command, at attempt 0. */
    public static Builder about(Command command, CommandState state, Instant at, String source) {
        return new Builder(
                command.requestId(),
                command.deviceId(),
                Optional.of(command.commandType()),
                Optional.of(command.protocol()),
                state,
                state.isFinal(command.expect()),
                at,
                source);
    }

    /** Starts an event about a command of which only this is at hand, at attempt 0. */
    public static Builder about(
            RequestId requestId,
            DeviceId deviceId,
            String commandType,
            Protocol protocol,
            Expectation expect,
            CommandState state,
            Instant at,
            String source) {
        return new Builder(
                requestId,
                deviceId,
                Optional.of(commandType),
                Optional.of(protocol),
                state,
                state.isFinal(expect),
                at,
                source);
    }

    /** The one event about a record that is no command. */
    public static StatusEvent invalid(
            RequestId requestId, DeviceId deviceId, Instant at, String source, String message) {
        return new Builder(
                        requestId, deviceId, Optional.empty(), Optional.empty(), CommandState.FAILED, true, at, source)
                .because(Reason.INVALID_COMMAND, message)
                .build();
    }

    /** Collects what is known beyond the state. */
    public static final class Builder {
        private final RequestId requestId;
        private final DeviceId deviceId;
        private final Optional<String> commandType;
        private final Optional<Protocol> protocol;
        private final CommandState state;
        private final boolean isFinal;
        private final Instant at;
        private final String source;
        private Optional<Reason> reason = Optional.empty();
        private Optional<String> message = Optional.empty();
        private int attempt;
        private Optional<ParserVersion> parser = Optional.empty();
        private Optional<SentBytes> bytes = Optional.empty();
        private Map<String, Object> delivery = Map.of();
        private Optional<String> exchange = Optional.empty();

        private Builder(
                RequestId requestId,
                DeviceId deviceId,
                Optional<String> commandType,
                Optional<Protocol> protocol,
                CommandState state,
                boolean isFinal,
                Instant at,
                String source) {
            this.requestId = requestId;
            this.deviceId = deviceId;
            this.commandType = commandType;
            this.protocol = protocol;
            this.state = state;
            this.isFinal = isFinal;
            this.at = at;
            this.source = source;
        }

        public Builder because(Reason why, String text) {
            reason = Optional.of(why);
            message = Optional.of(text);
            return this;
        }

        public Builder noting(String text) {
            message = Optional.of(text);
            return this;
        }

        public Builder attempt(int number) {
            attempt = number;
            return this;
        }

        public Builder parser(Optional<ParserVersion> version) {
            parser = version;
            return this;
        }

        public Builder bytes(Optional<SentBytes> sent) {
            bytes = sent;
            return this;
        }

        /** Facts of the protocol: topic and QoS, or path and identity. */
        public Builder delivery(Map<String, Object> facts) {
            delivery = facts;
            return this;
        }

        /** Which of the device's own requests this attempt answers, in the connector's words. */
        public Builder exchange(Optional<String> answered) {
            exchange = answered;
            return this;
        }

        public StatusEvent build() {
            return new StatusEvent(
                    requestId,
                    deviceId,
                    commandType,
                    protocol,
                    state,
                    isFinal,
                    reason,
                    message,
                    at,
                    source,
                    attempt,
                    false,
                    parser,
                    bytes,
                    delivery,
                    exchange);
        }
    }
}
