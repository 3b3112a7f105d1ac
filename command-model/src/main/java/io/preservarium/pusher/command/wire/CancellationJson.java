package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** Cancellations as JSON. A record that is none reads as empty. */
public final class CancellationJson {

    private CancellationJson() {}

    public static byte[] write(Cancellation cancellation) {
        try {
            return Json.MAPPER.writeValueAsBytes(Json.object()
                    .put("request_id", cancellation.requestId().value())
                    .put("device_id", cancellation.deviceId().value())
                    .put("at", Json.time(cancellation.at()))
                    .put("by", cancellation.by()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a cancellation can be written", e);
        }
    }

    public static Optional<Cancellation> read(byte[] value) {
        try {
            JsonNode node = Json.MAPPER.readTree(value);
            Optional<RequestId> request = Json.text(node, "request_id").map(RequestId::new);
            Optional<DeviceId> device = Json.text(node, "device_id").map(DeviceId::new);
            Optional<Instant> at = Json.text(node, "at").flatMap(Json::instant);
            return request.isPresent() && device.isPresent() && at.isPresent()
                    ? Optional.of(new Cancellation(
                            request.get(),
                            device.get(),
                            at.get(),
                            Json.text(node, "by").orElse("")))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
