package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Uplink;

/** Uplinks as JSON, the payload in base64. */
public final class UplinkJson {

    private UplinkJson() {}

    public static byte[] write(Uplink uplink) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("uplink_id", uplink.uplinkId());
            out.writeStringField("device_id", uplink.deviceId().value());
            out.writeStringField("protocol", uplink.protocol().word());
            out.writeStringField("received_at", WireTime.text(uplink.receivedAt()));
            out.writeStringField("source", uplink.source());
            out.writeStringField(uplink.protocol() == Protocol.COAP ? "path" : "topic", uplink.address());
            StatusJson.optional("method", uplink.method(), out);
            out.writeBinaryField("payload_b64", uplink.payload());
            if (uplink.parser().isPresent()) {
                out.writeFieldName("parser");
                StatusJson.write(uplink.parser().get(), out);
            }
            out.writeFieldName("outputs");
            PlainWriter.write(uplink.outputs(), out);
            StatusJson.optional("error", uplink.error(), out);
            out.writeEndObject();
        });
    }
}
