package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.PlainValues;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandFields.Expiry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Commands as JSON: the record on the command topic, read leniently (unknown fields are ignored), and the body of a REST
 * request, read strictly (unknown fields are refused with a hint).
 */
public final class CommandJson {

    /** What reading gave. */
    public sealed interface Read {
        record Valid(Command command) implements Read {}

        /** No command; {@code deviceId} and {@code requestId} are what could still be read of its identity. */
        record Invalid(List<Violation> violations, Optional<DeviceId> deviceId, Optional<RequestId> requestId)
                implements Read {
            public Invalid {
                violations = List.copyOf(violations);
            }

            /** All violations in one line that fits into an event and a header. */
            public String message() {
                return Violation.line(violations);
            }
        }
    }

    /** What reading a batch gave: its items, each valid or not, or one reason why the whole is no batch. */
    public sealed interface BatchRead {
        record Items(List<Read> items) implements BatchRead {}

        record NoBatch(List<Violation> violations) implements BatchRead {}
    }

    private CommandJson() {}

    /** Reads a record of the command topic. {@code ifAbsent} names it when it has no id; {@code acceptedAt} is the record's time. */
    public static Read readRecord(byte[] value, RequestId ifAbsent, Instant acceptedAt, ExpiryRule expiry) {
        return read(value, CommandFields::record, () -> ifAbsent, acceptedAt, new Expiry.Under(expiry));
    }

    /**
     * Reads again a record that was a command when it was accepted. It still is one: how long it may live was decided
     * then, by the rule of that day.
     */
    public static Read readAccepted(byte[] value, RequestId id, Instant acceptedAt, Instant expiresAt) {
        return read(value, CommandFields::record, () -> id, acceptedAt, new Expiry.Settled(expiresAt));
    }

    /** Reads the body of a REST request. {@code newId} makes an id where the body has none. */
    public static Read readRequest(byte[] body, Supplier<RequestId> newId, Instant now, ExpiryRule expiry) {
        return read(body, CommandFields::request, newId, now, new Expiry.Under(expiry));
    }

    private interface Fields {
        CommandFields of(JsonParser parser) throws IOException;
    }

    private static Read read(
            byte[] bytes, Fields fields, Supplier<RequestId> newId, Instant acceptedAt, Expiry expiry) {
        try (JsonParser parser = Json.parser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return unreadable(new Violation("", Document.NO_OBJECT));
            }
            CommandFields read = fields.of(parser);
            if (parser.nextToken() != null) {
                return unreadable(new Violation("", Document.TRAILING));
            }
            return read.read(newId, acceptedAt, expiry);
        } catch (IOException e) {
            return unreadable(broken(e));
        }
    }

    private static Read.Invalid unreadable(Violation violation) {
        return new Read.Invalid(List.of(violation), Optional.empty(), Optional.empty());
    }

    /** Reads {@code {"commands": […]}}; an item longer than {@code maxItemBytes} is invalid by itself. */
    public static BatchRead readBatch(
            byte[] body, int maxItems, int maxItemBytes, Supplier<RequestId> newId, Instant now, ExpiryRule expiry) {
        List<Read> items = new ArrayList<>();
        boolean seen = false;
        try (JsonParser parser = Json.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return noBatch("", "must be a JSON object with a list 'commands'");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken start = parser.nextToken();
                if (!field.equals("commands")) {
                    return noBatch(PlainReader.shown(field), "is not a field of a batch; the only one is 'commands'");
                }
                if (start != JsonToken.START_ARRAY) {
                    return noBatch("commands", "must be a list of commands");
                }
                seen = true;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (items.size() == maxItems) {
                        return noBatch("commands", "must have at most " + maxItems + " items");
                    }
                    items.add(item(parser, maxItemBytes, newId, now, expiry));
                }
            }
            if (parser.nextToken() != null) {
                return noBatch("", Document.TRAILING);
            }
        } catch (IOException e) {
            return new BatchRead.NoBatch(List.of(broken(e)));
        }
        if (!seen || items.isEmpty()) {
            return noBatch("commands", "must have 1 to " + maxItems + " items");
        }
        return new BatchRead.Items(items);
    }

    /** The value at whose start the parser stands, read to its end. */
    private static Read item(JsonParser parser, int maxBytes, Supplier<RequestId> newId, Instant now, ExpiryRule expiry)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return unreadable(new Violation("", Document.NO_OBJECT));
        }
        long from = parser.currentTokenLocation().getByteOffset();
        CommandFields fields = CommandFields.request(parser);
        long length = parser.currentLocation().getByteOffset() - from;
        return length > maxBytes
                ? unreadable(new Violation("", "must be at most " + maxBytes + " bytes but was " + length))
                : fields.read(newId, now, new Expiry.Under(expiry));
    }

    private static BatchRead noBatch(String field, String message) {
        return new BatchRead.NoBatch(List.of(new Violation(field, message)));
    }

    /** The record for the command topic: every field that is set, defaults filled in. */
    public static byte[] write(Command command) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("request_id", command.requestId().value());
            out.writeStringField("timestamp", WireTime.text(command.timestamp()));
            out.writeStringField("device_id", command.deviceId().value());
            out.writeStringField("command_type", command.commandType());
            out.writeFieldName("payload");
            PlainWriter.write(command.payload(), out);
            out.writeStringField("protocol", command.protocol().word());
            if (command.parserScriptRef().isPresent()) {
                out.writeStringField(
                        "parser_script_ref", command.parserScriptRef().get().value());
            }
            if (command.parserScriptSha256().isPresent()) {
                out.writeStringField(
                        "parser_script_sha256",
                        command.parserScriptSha256().get().hex());
            }
            out.writeFieldName("metadata");
            PlainWriter.write(command.metadata(), out);
            out.writeStringField("expires_at", WireTime.text(command.expiresAt()));
            if (command.notBefore().isPresent()) {
                out.writeStringField(
                        "not_before", WireTime.text(command.notBefore().get()));
            }
            if (command.collapseKey().isPresent()) {
                out.writeStringField("collapse_key", command.collapseKey().get());
            }
            out.writeStringField("expect", command.expect().word());
            if (command.replyTimeout().isPresent()) {
                out.writeNumberField(
                        "reply_timeout_seconds", command.replyTimeout().get().toSeconds());
            }
            out.writeEndObject();
        });
    }

    /** The whole command as plain values, as parser scripts get it; absent fields are left out. */
    public static Map<String, Object> document(Command command) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("request_id", command.requestId().value());
        document.put("timestamp", WireTime.text(command.timestamp()));
        document.put("device_id", command.deviceId().value());
        document.put("command_type", command.commandType());
        document.put("payload", command.payload());
        document.put("protocol", command.protocol().word());
        command.parserScriptRef().ifPresent(ref -> document.put("parser_script_ref", ref.value()));
        command.parserScriptSha256().ifPresent(sha -> document.put("parser_script_sha256", sha.hex()));
        document.put("metadata", command.metadata());
        document.put("expires_at", WireTime.text(command.expiresAt()));
        command.notBefore().ifPresent(t -> document.put("not_before", WireTime.text(t)));
        command.collapseKey().ifPresent(key -> document.put("collapse_key", key));
        document.put("expect", command.expect().word());
        command.replyTimeout().ifPresent(t -> document.put("reply_timeout_seconds", t.toSeconds()));
        return document;
    }

    /** Names the place, never the content: payloads stay out of logs and errors. */
    private static Violation broken(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return new Violation(
                    "",
                    "is beyond the limits: at most " + PlainValues.MAX_DEPTH + " levels deep and keys of at most "
                            + PlainValues.MAX_KEY_LENGTH + " characters");
        }
        if (e instanceof JsonProcessingException json) {
            String what =
                    json.getOriginalMessage().equals(PlainReader.DUPLICATE) ? PlainReader.DUPLICATE : Json.NOT_JSON;
            return new Violation(
                    "",
                    json.getLocation() == null
                            ? what
                            : what + ", at line " + json.getLocation().getLineNr() + " column "
                                    + json.getLocation().getColumnNr());
        }
        return new Violation("", Json.NOT_JSON);
    }
}
