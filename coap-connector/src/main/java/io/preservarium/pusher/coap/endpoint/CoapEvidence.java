package io.preservarium.pusher.coap.endpoint;

import io.preservarium.pusher.delivery.HandOut.Offer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Response;

/**
 * Says once whether an answer with a command left. Californium hands the observers of an answer on to each of its
 * blocks (RFC 7959), and sends an answer again when its request comes again.
 */
public final class CoapEvidence extends MessageObserverAdapter {

    private final Offer offer;
    private final Consumer<Optional<String>> verdict;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** @param verdict gets nothing when the whole answer has left the socket, else why it did not */
    public CoapEvidence(Offer offer, Consumer<Optional<String>> verdict) {
        this.offer = offer;
        this.verdict = verdict;
    }

    Offer offer() {
        return offer;
    }

    /** Called after the socket took a datagram, or refused it. */
    void processed(Response datagram) {
        Throwable error = datagram.getSendError();
        if (error != null) {
            settle(Optional.of("the answer could not be sent: " + error));
            return;
        }
        BlockOption block = datagram.getOptions().getBlock2();
        if (block == null || !block.isM()) {
            settle(Optional.empty());
        }
    }

    @Override
    public void onCancel() {
        settle(Optional.of("the endpoint closed before the answer left"));
    }

    @Override
    protected void failed() {
        settle(Optional.of("the answer was given up before it left"));
    }

    private void settle(Optional<String> failure) {
        if (settled.compareAndSet(false, true)) {
            verdict.accept(failure);
        }
    }
}
