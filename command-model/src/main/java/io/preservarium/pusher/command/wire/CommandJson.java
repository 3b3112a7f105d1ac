package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.io.IOException;
import java.io.UncheckedIOException;
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

            /** All violations in one line. */
            public String message() {
                return String.join(
                        "; ", violations.stream().map(Violation::toString).toList());
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
        return switch (parse(value)) {
            case Parsed.Broken broken ->
                new Read.Invalid(List.of(broken.violation()), Optional.empty(), Optional.of(ifAbsent));
            case Parsed.Tree tree -> CommandFields.record(tree.node(), expiry).read(ifAbsent, acceptedAt);
        };
    }

    /** Reads the body of a REST request. {@code newId} makes an id where the body has none. */
    public static Read readRequest(byte[] body, Supplier<RequestId> newId, Instant now, ExpiryRule expiry) {
        return switch (parse(body)) {
            case Parsed.Broken broken ->
                new Read.Invalid(List.of(broken.violation()), Optional.empty(), Optional.empty());
            case Parsed.Tree tree -> CommandFields.request(tree.node(), expiry).read(newId, now);
        };
    }

    /** Reads {@code {"commands": […]}}; an item longer than {@code maxItemBytes} is invalid by itself. */
    public static BatchRead readBatch(
            byte[] body, int maxItems, int maxItemBytes, Supplier<RequestId> newId, Instant now, ExpiryRule expiry) {
        List<Read> items = new ArrayList<>();
        boolean seen = false;
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return noBatch("", "must be a JSON object with a list 'commands'");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken start = parser.nextToken();
                if (!field.equals("commands")) {
                    return noBatch(
                            CommandFields.bounded(field), "is not a field of a batch; the only one is 'commands'");
                }
                if (start != JsonToken.START_ARRAY) {
                    return noBatch("commands", "must be a list of commands");
                }
                seen = true;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (items.size() == maxItems) {
                        return noBatch("commands", "must have at most " + maxItems + " items");
                    }
                    long from = parser.currentTokenLocation().getByteOffset();
                    JsonNode node = Json.ITEMS.readTree(parser);
                    long length = parser.currentLocation().getByteOffset() - from;
                    items.add(
                            length > maxItemBytes
                                    ? new Read.Invalid(
                                            List.of(new Violation(
                                                    "",
                                                    "must be at most " + maxItemBytes + " bytes but was " + length)),
                                            Optional.empty(),
                                            Optional.empty())
                                    : CommandFields.request(node, expiry).read(newId, now));
                }
            }
            if (parser.nextToken() != null) {
                return noBatch("", "has something after the JSON object");
            }
        } catch (IOException e) {
            return new BatchRead.NoBatch(List.of(broken(e)));
        }
        if (!seen || items.isEmpty()) {
            return noBatch("commands", "must have 1 to " + maxItems + " items");
        }
        return new BatchRead.Items(items);
    }

    private static BatchRead noBatch(String field, String message) {
        return new BatchRead.NoBatch(List.of(new Violation(field, message)));
    }

    /** The record for the command topic: every field that is set, defaults filled in. */
    public static byte[] write(Command command) {
        try {
            return Json.MAPPER.writeValueAsBytes(Json.tree(document(command)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a command that was read can be written", e);
        }
    }

    /** The whole command as plain values, as parser scripts get it; absent fields are left out. */
    public static Map<String, Object> document(Command command) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("request_id", command.requestId().value());
        document.put("timestamp", Json.time(command.timestamp()));
        document.put("device_id", command.deviceId().value());
        document.put("command_type", command.commandType());
        document.put("payload", command.payload());
        document.put("protocol", command.protocol().word());
        command.parserScriptRef().ifPresent(ref -> document.put("parser_script_ref", ref.value()));
        command.parserScriptSha256().ifPresent(sha -> document.put("parser_script_sha256", sha.hex()));
        document.put("metadata", command.metadata());
        document.put("expires_at", Json.time(command.expiresAt()));
        command.notBefore().ifPresent(t -> document.put("not_before", Json.time(t)));
        command.collapseKey().ifPresent(key -> document.put("collapse_key", key));
        document.put("expect", command.expect().word());
        command.replyTimeout().ifPresent(t -> document.put("reply_timeout_seconds", t.toSeconds()));
        return document;
    }

    private sealed interface Parsed {
        record Tree(ObjectNode node) implements Parsed {}

        record Broken(Violation violation) implements Parsed {}
    }

    private static Parsed parse(byte[] bytes) {
        try {
            JsonNode node = Json.MAPPER.readTree(bytes);
            return node instanceof ObjectNode object
                    ? new Parsed.Tree(object)
                    : new Parsed.Broken(new Violation("", "must be a JSON object"));
        } catch (IOException e) {
            return new Parsed.Broken(broken(e));
        }
    }

    /** Names the place, never the content: payloads stay out of logs and errors. */
    private static Violation broken(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return new Violation(
                    "",
                    "is beyond the limits: at most " + Json.MAX_DEPTH + " levels deep and numbers of at most "
                            + Json.MAX_NUMBER_LENGTH + " digits");
        }
        if (e instanceof JsonProcessingException json) {
            String what = json.getOriginalMessage().startsWith("Duplicate field")
                    ? "has a field twice"
                    : "is not valid JSON in UTF-8";
            return new Violation(
                    "",
                    json.getLocation() == null
                            ? what
                            : what + ", at line " + json.getLocation().getLineNr() + " column "
                                    + json.getLocation().getColumnNr());
        }
        return new Violation("", "is not valid JSON in UTF-8");
    }
}
