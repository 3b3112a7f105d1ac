package io.preservarium.pusher.command;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a device sent, raw and as its parser read it. {@code address} is the CoAP path or the MQTT topic, {@code source}
 * the peer as the connector saw it, {@code outputs} what {@code parse()} returned, {@code error} why it could not.
 */
public record Uplink(
        String uplinkId,
        DeviceId deviceId,
        Protocol protocol,
        Instant receivedAt,
        String source,
        String address,
        Optional<String> method,
        byte[] payload,
        Optional<ParserVersion> parser,
        List<Map<String, Object>> outputs,
        Optional<String> error) {

    public Uplink {
        payload = payload.clone();
        outputs = List.copyOf(outputs);
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }
}
