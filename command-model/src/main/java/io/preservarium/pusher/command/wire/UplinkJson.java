package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Uplink;
import java.io.UncheckedIOException;
import java.util.Base64;

/** Uplinks as JSON, the payload in base64. */
public final class UplinkJson {

    private UplinkJson() {}

    public static byte[] write(Uplink uplink) {
        ObjectNode node = Json.object();
        node.put("uplink_id", uplink.uplinkId());
        node.put("device_id", uplink.deviceId().value());
        node.put("protocol", uplink.protocol().word());
        node.put("received_at", Json.time(uplink.receivedAt()));
        node.put("source", uplink.source());
        node.put(uplink.protocol() == Protocol.COAP ? "path" : "topic", uplink.address());
        uplink.method().ifPresent(method -> node.put("method", method));
        node.put("payload_b64", Base64.getEncoder().encodeToString(uplink.payload()));
        uplink.parser().ifPresent(parser -> node.putObject("parser")
                .put("ref", parser.ref().value())
                .put("sha256", parser.sha256().hex()));
        node.set("outputs", Json.tree(uplink.outputs()));
        uplink.error().ifPresent(error -> node.put("error", error));
        try {
            return Json.MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("an uplink can be written", e);
        }
    }
}
