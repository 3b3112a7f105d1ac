package io.preservarium.pusher.coap.uplink;

import io.preservarium.pusher.coap.endpoint.CoapConfig.UplinkPath;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.delivery.Delivery;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.util.StringUtil;

/** Where devices send to: POST and PUT of any payload. Every other method gets 4.05. */
final class CoapUplinkResource extends CoapResource {

    private final CoapPath path;
    private final UplinkPath settings;
    private final CoapDelivery uplinks;
    private final Delivery delivery;
    private final Clock clock;

    CoapUplinkResource(String name, UplinkPath settings, CoapDelivery uplinks, Delivery delivery, Clock clock) {
        super(name);
        this.path = path(name, settings);
        this.settings = settings;
        this.uplinks = uplinks;
        this.delivery = delivery;
        this.clock = clock;
        switch (settings.deviceId()) {
            case SCRIPT -> require(settings.parser().isPresent(), "device-id=script needs a parser");
            case PATH_SEGMENT -> require(path.namesDevice(), "device-id=path-segment needs {device_id} in the path");
            case QUERY -> require(!path.namesDevice(), "device-id=query does not go with {device_id} in the path");
        }
    }

    private static CoapPath path(String name, UplinkPath settings) {
        try {
            return CoapPath.of(settings.path());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("pusher.coap.uplinks." + name + ".path: " + e.getMessage(), e);
        }
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("pusher.coap.uplinks." + getName() + ": " + rule);
        }
    }

    boolean matches(List<String> segments) {
        return path.matches(segments);
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
        take(exchange);
    }

    @Override
    public void handlePUT(CoapExchange exchange) {
        take(exchange);
    }

    private void take(CoapExchange exchange) {
        Request request = exchange.advanced().getRequest();
        boolean confirmable = exchange.advanced().getCurrentRequest().isConfirmable();
        BlockOption block = request.getOptions().getBlock2();
        if (block != null && block.getNum() > 0) {
            // A later block of an answer that is gone. RFC 7959 section 2.4
            refuse(exchange, confirmable, ResponseCode.REQUEST_ENTITY_INCOMPLETE);
            return;
        }
        if (hasCondition(request)) {
            refuse(exchange, confirmable, ResponseCode.PRECONDITION_FAILED);
            return;
        }
        Optional<DeviceId> device;
        try {
            device = deviceOutside(request).map(DeviceId::new);
        } catch (IllegalArgumentException notAnId) {
            refuse(exchange, confirmable, ResponseCode.BAD_REQUEST);
            return;
        }
        CoapArrival arrival = arrival(exchange, request, device);
        if (!confirmable) {
            uplinks.nonConfirmable(arrival);
            exchange.advanced().executeComplete();
        } else {
            uplinks.confirmable(arrival, new CoapAnswer(exchange, arrival, delivery), settings.failure());
        }
    }

    /** A non-confirmable uplink costs its device no radio time for answers, whatever is wrong with it. */
    private static void refuse(CoapExchange exchange, boolean confirmable, ResponseCode code) {
        if (confirmable) {
            exchange.respond(code);
        } else {
            exchange.advanced().executeComplete();
        }
    }

    /**
     * A resource of this server exists and has no representation with an entity-tag, so neither "if one of these tags" nor
     * "if it does not exist" is ever fulfilled. RFC 7252 section 5.10.8.
     */
    static boolean hasCondition(Request request) {
        return request.getOptions().hasIfNoneMatch() || request.getOptions().getIfMatchCount() > 0;
    }

    private static boolean hasNoUseForAnswers(Request request) {
        return request.getOptions().hasNoResponse()
                && request.getOptions().getNoResponse().suppress(ResponseCode.CREATED);
    }

    private Optional<String> deviceOutside(Request request) {
        return switch (settings.deviceId()) {
            case SCRIPT -> Optional.empty();
            case PATH_SEGMENT -> path.deviceIn(request.getOptions().getUriPath());
            case QUERY ->
                Optional.of(request.getOptions().getUriQueryParameter().getArgument("device_id"));
        };
    }

    private CoapArrival arrival(CoapExchange exchange, Request request, Optional<DeviceId> device) {
        Request message = exchange.advanced().getCurrentRequest();
        InetSocketAddress peer = message.getSourceContext().getPeerAddress();
        return new CoapArrival(
                getName(),
                settings.parser(),
                device,
                "/" + request.getOptions().getUriPathString(),
                exchange.getRequestCode(),
                StringUtil.toString(peer),
                message,
                request.getPayload(),
                clock.instant(),
                message.getNanoTimestamp(),
                !hasNoUseForAnswers(request));
    }
}
