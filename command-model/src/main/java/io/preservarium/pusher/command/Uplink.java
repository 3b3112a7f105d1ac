package io.preservarium.pusher.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a device sent, raw and as its parser read it. {@code address} is the CoAP path or the MQTT topic, {@code source}
 * the peer as the connector saw it, {@code outputs} what {@code parse()} returned, {@code error} why it could not.
 * Outputs that no record can hold are left out and the error says so: a script never makes an uplink unrecordable.
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

    /** In JSON. With it the rest of a record of 1 MiB is the payload's. */
    public static final int MAX_OUTPUTS_BYTES = 256 * 1024;

    public static final int MAX_ERROR_LENGTH = 1000;

    private static final int MAX_SOURCE_LENGTH = 256;
    /** An MQTT topic. MQTT 5 section 1.5.4. */
    private static final int MAX_ADDRESS_LENGTH = 65_535;

    private static final PlainValues.Limits OUTPUTS =
            new PlainValues.Limits(PlainValues.MAX_DEPTH - 1, MAX_OUTPUTS_BYTES, MAX_OUTPUTS_BYTES);

    public Uplink {
        receivedAt = receivedAt.truncatedTo(ChronoUnit.MILLIS);
        source = ForeignText.bounded(source, MAX_SOURCE_LENGTH);
        address = ForeignText.bounded(address, MAX_ADDRESS_LENGTH);
        payload = payload.clone();
        Optional<List<Map<String, Object>>> plain = plain(outputs);
        if (plain.isEmpty()) {
            String why = "parse() returned more than " + MAX_OUTPUTS_BYTES + " bytes of JSON, or nested it deeper than "
                    + (PlainValues.MAX_DEPTH - 1) + " levels; the outputs are left out";
            error = Optional.of(error.map(first -> first + "; " + why).orElse(why));
        }
        outputs = plain.orElse(List.of());
        error = error.map(text -> ForeignText.bounded(text, MAX_ERROR_LENGTH));
    }

    @SuppressWarnings("unchecked") // plain values keep the shape: a list of maps with text keys
    private static Optional<List<Map<String, Object>>> plain(List<Map<String, Object>> outputs) {
        return PlainValues.of(outputs, OUTPUTS)
                .map(measured -> List.copyOf((List<Map<String, Object>>) measured.value()));
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }
}
