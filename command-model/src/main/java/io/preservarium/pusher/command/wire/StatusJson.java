package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Status events as JSON. A record that is none reads as empty: a reader of the topic steps over it. */
public final class StatusJson {

    private StatusJson() {}

    public static byte[] write(StatusEvent event) {
        ObjectNode node = Json.object();
        node.put("request_id", event.requestId().value());
        node.put("device_id", event.deviceId().value());
        event.commandType().ifPresent(type -> node.put("command_type", type));
        event.protocol().ifPresent(protocol -> node.put("protocol", protocol.word()));
        node.put("state", event.state().word());
        node.put("final", event.isFinal());
        event.reason().ifPresent(reason -> node.put("reason", reason.name()));
        event.message().ifPresent(message -> node.put("message", message));
        node.put("at", Json.time(event.at()));
        node.put("source", event.source());
        node.put("attempt", event.attempt());
        node.put("late", event.late());
        event.parser().ifPresent(parser -> node.putObject("parser")
                .put("ref", parser.ref().value())
                .put("sha256", parser.sha256().hex()));
        event.bytes().ifPresent(bytes -> node.putObject("bytes")
                .put("length", bytes.length())
                .put("sha256", bytes.sha256().hex()));
        event.exchange().ifPresent(exchange -> node.put("exchange", exchange));
        if (!event.delivery().isEmpty()) {
            node.set("delivery", Json.tree(event.delivery()));
        }
        try {
            return Json.MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a status event can be written", e);
        }
    }

    public static Optional<StatusEvent> read(byte[] value) {
        try {
            JsonNode node = Json.MAPPER.readTree(value);
            return node.isObject() ? event(node) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<StatusEvent> event(JsonNode node) {
        Optional<RequestId> request = Json.text(node, "request_id").map(RequestId::new);
        Optional<DeviceId> device = Json.text(node, "device_id").map(DeviceId::new);
        Optional<CommandState> state = Json.text(node, "state").flatMap(CommandState::of);
        Optional<Instant> at = Json.text(node, "at").flatMap(Json::instant);
        if (request.isEmpty() || device.isEmpty() || state.isEmpty() || at.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StatusEvent(
                request.get(),
                device.get(),
                Json.text(node, "command_type"),
                Json.text(node, "protocol").flatMap(Protocol::of),
                state.get(),
                node.path("final").asBoolean(false),
                Json.text(node, "reason").flatMap(Reason::of),
                Json.text(node, "message"),
                at.get(),
                Json.text(node, "source").orElse(""),
                node.path("attempt").asInt(0),
                node.path("late").asBoolean(false),
                parser(node.path("parser")),
                bytes(node.path("bytes")),
                node.path("delivery").isObject() ? Json.plainObject(node.get("delivery")) : Map.of(),
                Json.text(node, "exchange")));
    }

    private static Optional<ParserVersion> parser(JsonNode node) {
        Optional<String> ref = Json.text(node, "ref");
        Optional<String> sha = Json.text(node, "sha256");
        return ref.isPresent() && sha.isPresent()
                ? Optional.of(new ParserVersion(new ParserRef(ref.get()), new Digest(sha.get())))
                : Optional.empty();
    }

    private static Optional<StatusEvent.SentBytes> bytes(JsonNode node) {
        return Json.text(node, "sha256")
                .map(sha -> new StatusEvent.SentBytes(node.path("length").asInt(0), new Digest(sha)));
    }
}
