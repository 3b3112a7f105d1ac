package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Status events as JSON. */
public final class StatusJson {

    /** Where the exchange stood before it had a field of its own. */
    private static final String EXCHANGE = "exchange";

    private static final Set<String> FIELDS = Set.of(
            "request_id",
            "device_id",
            "command_type",
            "protocol",
            "state",
            "final",
            "reason",
            "message",
            "at",
            "source",
            "attempt",
            "late",
            "parser",
            "bytes",
            EXCHANGE,
            "delivery");

    /** What reading gave. */
    public sealed interface Read {
        record Valid(StatusEvent event) implements Read {}

        /** No event; the ids are what could still be read of it. */
        record Invalid(String message, Optional<DeviceId> deviceId, Optional<RequestId> requestId) implements Read {}

        /** For readers that step over what is no event. */
        default Optional<StatusEvent> ifValid() {
            return switch (this) {
                case Valid valid -> Optional.of(valid.event());
                case Invalid invalid -> Optional.empty();
            };
        }
    }

    private StatusJson() {}

    public static byte[] write(StatusEvent event) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("request_id", event.requestId().value());
            out.writeStringField("device_id", event.deviceId().value());
            optional("command_type", event.commandType(), out);
            optional("protocol", event.protocol().map(Protocol::word), out);
            out.writeStringField("state", event.state().word());
            out.writeBooleanField("final", event.isFinal());
            optional("reason", event.reason().map(Reason::name), out);
            optional("message", event.message(), out);
            out.writeStringField("at", WireTime.text(event.at()));
            out.writeStringField("source", event.source());
            out.writeNumberField("attempt", event.attempt());
            out.writeBooleanField("late", event.late());
            if (event.parser().isPresent()) {
                out.writeFieldName("parser");
                write(event.parser().get(), out);
            }
            if (event.bytes().isPresent()) {
                out.writeObjectFieldStart("bytes");
                out.writeNumberField("length", event.bytes().get().length());
                out.writeStringField("sha256", event.bytes().get().sha256().hex());
                out.writeEndObject();
            }
            optional(EXCHANGE, event.exchange(), out);
            if (!event.delivery().isEmpty()) {
                out.writeFieldName("delivery");
                PlainWriter.write(event.delivery(), out);
            }
            out.writeEndObject();
        });
    }

    static void write(ParserVersion parser, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("ref", parser.ref().value());
        out.writeStringField("sha256", parser.sha256().hex());
        out.writeEndObject();
    }

    static void optional(String name, Optional<String> text, JsonGenerator out) throws IOException {
        if (text.isPresent()) {
            out.writeStringField(name, text.get());
        }
    }

    public static Read read(byte[] value) {
        try (JsonParser parser = Json.parser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return invalid(Document.NO_OBJECT);
            }
            Document document = Document.read(parser, FIELDS);
            return parser.nextToken() == null ? event(document) : invalid(Document.TRAILING);
        } catch (IOException e) {
            return invalid(Json.NOT_JSON);
        }
    }

    private static Read.Invalid invalid(String message) {
        return new Read.Invalid(message, Optional.empty(), Optional.empty());
    }

    /** Limits that values break are the writer's affair: what is too long here is cut at the event's birth. */
    private static Read event(Document document) {
        Optional<RequestId> request = Document.born(document.text("request_id"), RequestId::new);
        Optional<DeviceId> device = Document.born(document.text("device_id"), DeviceId::new);
        Optional<CommandState> state = document.text("state").flatMap(CommandState::of);
        Optional<Instant> at = document.text("at").flatMap(WireTime::read);
        if (request.isEmpty() || device.isEmpty() || state.isEmpty() || at.isEmpty()) {
            return new Read.Invalid("must have request_id, device_id, state and at, each of its kind", device, request);
        }
        Map<String, Object> delivery = new LinkedHashMap<>(document.object("delivery"));
        Optional<String> exchange = document.text(EXCHANGE);
        if (exchange.isEmpty()) {
            exchange = Document.text(delivery, EXCHANGE);
            delivery.remove(EXCHANGE);
        }
        try {
            return new Read.Valid(new StatusEvent(
                    request.get(),
                    device.get(),
                    document.text("command_type"),
                    document.text("protocol").flatMap(Protocol::of),
                    state.get(),
                    document.isTrue("final"),
                    document.text("reason").flatMap(Reason::of),
                    document.text("message"),
                    at.get(),
                    document.text("source").orElse(""),
                    Document.number(document.fields(), "attempt"),
                    document.isTrue("late"),
                    parser(document.object("parser")),
                    bytes(document.object("bytes")),
                    delivery,
                    exchange));
        } catch (IllegalArgumentException e) {
            return new Read.Invalid(String.valueOf(e.getMessage()), device, request);
        }
    }

    private static Optional<ParserVersion> parser(Map<String, Object> object) {
        Optional<ParserRef> ref = Document.born(Document.text(object, "ref"), ParserRef::new);
        Optional<Digest> sha = Document.born(Document.text(object, "sha256"), Digest::new);
        return ref.isPresent() && sha.isPresent()
                ? Optional.of(new ParserVersion(ref.get(), sha.get()))
                : Optional.empty();
    }

    private static Optional<StatusEvent.SentBytes> bytes(Map<String, Object> object) {
        return Document.born(Document.text(object, "sha256"), Digest::new)
                .map(sha -> new StatusEvent.SentBytes(Document.number(object, "length"), sha));
    }
}
