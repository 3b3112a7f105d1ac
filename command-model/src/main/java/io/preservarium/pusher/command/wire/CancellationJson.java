package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Cancellations as JSON. */
public final class CancellationJson {

    private static final Set<String> FIELDS = Set.of("request_id", "device_id", "at", "by");

    /** What reading gave. */
    public sealed interface Read {
        record Valid(Cancellation cancellation) implements Read {}

        /** No cancellation; the ids are what could still be read of it. */
        record Invalid(String message, Optional<DeviceId> deviceId, Optional<RequestId> requestId) implements Read {}

        /** For readers that step over what is no cancellation. */
        default Optional<Cancellation> ifValid() {
            return switch (this) {
                case Valid valid -> Optional.of(valid.cancellation());
                case Invalid invalid -> Optional.empty();
            };
        }
    }

    private CancellationJson() {}

    public static byte[] write(Cancellation cancellation) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("request_id", cancellation.requestId().value());
            out.writeStringField("device_id", cancellation.deviceId().value());
            out.writeStringField("at", WireTime.text(cancellation.at()));
            out.writeStringField("by", cancellation.by());
            out.writeEndObject();
        });
    }

    /** What names a command of a device is a cancellation; without a time of its own it was asked for at the record's. */
    public static Read read(byte[] value, Instant recordTime) {
        try (JsonParser parser = Json.parser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return invalid(Document.NO_OBJECT);
            }
            Document document = Document.read(parser, FIELDS);
            return parser.nextToken() == null ? cancellation(document, recordTime) : invalid(Document.TRAILING);
        } catch (IOException e) {
            return invalid(Json.NOT_JSON);
        }
    }

    private static Read.Invalid invalid(String message) {
        return new Read.Invalid(message, Optional.empty(), Optional.empty());
    }

    private static Read cancellation(Document document, Instant recordTime) {
        Optional<RequestId> request = Document.born(document.text("request_id"), RequestId::new);
        Optional<DeviceId> device = Document.born(document.text("device_id"), DeviceId::new);
        if (request.isEmpty() || device.isEmpty()) {
            return new Read.Invalid("must have request_id and device_id, each of its kind", device, request);
        }
        return new Read.Valid(new Cancellation(
                request.get(),
                device.get(),
                document.text("at").flatMap(WireTime::read).orElse(recordTime),
                document.text("by").orElse("")));
    }
}
