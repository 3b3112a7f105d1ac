package io.preservarium.pusher.coap.uplink;

import io.preservarium.pusher.coap.endpoint.CoapEvidence;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut.Offer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/** The one answer to a confirmable uplink. Only the first of its answers goes out; a command that comes later goes back. */
final class CoapAnswer {

    private final CoapExchange exchange;
    private final CoapArrival arrival;
    private final Delivery delivery;
    private boolean given;
    private boolean acknowledged;

    CoapAnswer(CoapExchange exchange, CoapArrival arrival, Delivery delivery) {
        this.exchange = exchange;
        this.arrival = arrival;
        this.delivery = delivery;
    }

    /** Stops the device's retransmissions while the answer is not known; it then goes separately. RFC 7252 section 5.2.2. */
    synchronized void acknowledge() {
        if (!given) {
            acknowledged = true;
            exchange.accept();
        }
    }

    /** Answers with a command's bytes, and says so to delivery when they have left. */
    boolean command(Offer offer, Runnable settled) {
        Response response = new Response(arrival.done());
        response.setPayload(offer.bytes());
        response.addMessageObserver(new CoapEvidence(offer, failure -> {
            failure.ifPresentOrElse(
                    why -> delivery.notSent(offer, why), () -> delivery.sent(offer, facts(), Optional.empty()));
            settled.run();
        }));
        if (give(response)) {
            return true;
        }
        delivery.notSent(offer, "the device was answered without it, because it came too late");
        settled.run();
        return false;
    }

    /** Answers a retransmission with what the exchange got before; its evidence was told then. */
    boolean again(byte[] bytes) {
        Response response = new Response(arrival.done());
        response.setPayload(bytes);
        return give(response);
    }

    /** Says that the uplink is kept. */
    boolean done() {
        return give(new Response(arrival.done()));
    }

    /** Says that the uplink is not kept; the device should send it again. */
    boolean failure(ResponseCode code) {
        return give(new Response(code));
    }

    private synchronized boolean give(Response response) {
        if (given) {
            return false;
        }
        given = true;
        if (isUnwanted(response)) {
            exchange.accept();
            exchange.advanced().executeComplete();
        } else {
            exchange.respond(response);
        }
        return true;
    }

    /** No-Response option, RFC 7967: the empty ACK is all that such a sender gets. */
    private boolean isUnwanted(Response response) {
        OptionSet options = exchange.getRequestOptions();
        return options.hasNoResponse() && options.getNoResponse().suppress(response.getCode());
    }

    private synchronized Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>(arrival.facts());
        facts.put("code", arrival.done().text);
        facts.put("separate", acknowledged);
        return facts;
    }
}
