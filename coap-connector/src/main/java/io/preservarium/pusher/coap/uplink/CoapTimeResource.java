package io.preservarium.pusher.coap.uplink;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.server.resources.CoapExchange;

/** The time of day for sensors without a clock: 2.05 with four bytes, big-endian epoch seconds. Efento asks by GET or POST. */
final class CoapTimeResource extends CoapResource {

    private final CoapPath path;
    private final Clock clock;

    CoapTimeResource(String path, Clock clock) {
        super("time");
        this.path = CoapPath.of(path);
        this.clock = clock;
    }

    boolean matches(List<String> segments) {
        return path.matches(segments);
    }

    @Override
    public void handleGET(CoapExchange exchange) {
        tell(exchange);
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
        tell(exchange);
    }

    private void tell(CoapExchange exchange) {
        if (CoapUplinkResource.hasCondition(exchange.advanced().getRequest())) {
            exchange.respond(ResponseCode.PRECONDITION_FAILED);
            return;
        }
        // 2^32 seconds are over in 2106; the device counts on from there by itself.
        int seconds = (int) clock.instant().getEpochSecond();
        exchange.setMaxAge(0);
        exchange.respond(
                ResponseCode.CONTENT,
                ByteBuffer.allocate(Integer.BYTES).putInt(seconds).array());
    }
}
