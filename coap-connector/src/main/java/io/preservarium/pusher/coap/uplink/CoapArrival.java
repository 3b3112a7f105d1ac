package io.preservarium.pusher.coap.uplink;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;

/**
 * A device's message as it came in by CoAP.
 *
 * @param route the name of its path in the settings
 * @param device the id in path or query; empty when the script reads it from the payload
 * @param peer address and port
 * @param message the datagram that completed the request
 * @param receivedNanos when its last datagram came, by the clock that only goes forward
 * @param takesCommand whether an answer may carry a command
 */
record CoapArrival(
        String route,
        Optional<ParserRef> parser,
        Optional<DeviceId> device,
        String path,
        Code method,
        String peer,
        Request message,
        byte[] payload,
        Instant receivedAt,
        long receivedNanos,
        boolean takesCommand) {

    /** Plain CoAP proves nothing about who sends. */
    static final String IDENTITY = "claimed";

    String source() {
        return "coap://" + peer;
    }

    /**
     * The same text for every retransmission of the same request, also in another process: peer, type, message id, token,
     * and a digest of all there is, so that nothing else that bears the same message id is taken for it. RFC 7252 section 4.4.
     */
    String exchange() {
        byte[] datagram = message.getBytes();
        byte[] all = Arrays.copyOf(datagram, datagram.length + payload.length);
        System.arraycopy(payload, 0, all, datagram.length, payload.length);
        return peer + "|" + message.getType() + "|" + message.getMID() + "|" + message.getTokenString() + "|"
                + Digest.of(all).hex();
    }

    /** What the script is told beside the payload. */
    Map<String, Object> scriptConfig() {
        return Map.of("metadata", Map.of("uri_path", path, "method", method.name(), "source", source()));
    }

    /** What the status says about a delivery in the answer to this message. */
    Map<String, Object> facts() {
        return Map.of("mode", "piggyback", "path", path, "identity", IDENTITY);
    }

    /** The code of an answer that says done. RFC 7252 section 5.8. */
    ResponseCode done() {
        return method == Code.PUT ? ResponseCode.CHANGED : ResponseCode.CREATED;
    }
}
