package io.preservarium.pusher.coap.endpoint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.util.ClockUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tells a retransmission from a request of its own, and answers it with the bytes of its first answer for
 * EXCHANGE_LIFETIME (RFC 7252 sections 4.2 and 4.8.2). A retransmission is the same datagram from the same peer; a message
 * id alone says nothing, because devices restart and many can sit behind one address. What is kept of an exchange after
 * its answer is a digest and the answer, in bounded memory, and the oldest goes first.
 */
final class CoapRetransmissions implements Deduplicator {

    /** Bytes of an exchange with its messages, as measured, rounded up. */
    private static final int OPEN_EXCHANGE = 4_096;
    /** Entries looked at for each message, at either end, so that no message pays for many. */
    private static final int STEPS = 4;

    private final Connector socket;
    private final long lifetimeNanos;
    private final long maxBytes;
    /** Oldest first. */
    private final Map<DatagramDigest, Open> open = new LinkedHashMap<>();
    /** Those of {@link #open} that came from outside, in the order in which they are looked at. */
    private final Deque<Open> toLookAt = new ArrayDeque<>();

    private final AnsweredRequests answered = new AnsweredRequests();
    private long openBytes;
    private long forgotten;

    CoapRetransmissions(Connector socket, long lifetimeNanos, long maxBytes) {
        this.socket = socket;
        this.lifetimeNanos = lifetimeNanos;
        this.maxBytes = maxBytes;
    }

    /** A request that is being answered, acknowledged or repeated by Californium. */
    private record Open(DatagramDigest request, Exchange exchange, long arrivedNanos, int cost) {}

    /** Of a message that came before, one of the two. */
    private sealed interface Known {
        record BeingAnswered(Exchange exchange) implements Known {}

        /** @param datagrams what a retransmission gets, nothing for one that is not answered */
        record Answered(List<byte[]> datagrams) implements Known {}
    }

    /**
     * The exchange of a retransmission, or null for a first message, as Californium wants it. A retransmission whose answer
     * is kept gets it here; Californium then sees a duplicate of a request that nobody has decided about, and leaves it.
     */
    @Override
    public @Nullable Exchange findPrevious(KeyMID key, Exchange exchange) {
        Optional<Known> known = enter(digest(key, exchange), exchange);
        if (known.isEmpty()) {
            return null;
        }
        return switch (known.get()) {
            case Known.BeingAnswered(Exchange earlier) -> earlier;
            case Known.Answered(List<byte[]> answers) -> {
                EndpointContext peer = exchange.getRequest().getSourceContext();
                answers.forEach(answer -> socket.send(RawData.outbound(answer, peer, null, false)));
                yield exchange;
            }
        };
    }

    private static DatagramDigest digest(KeyMID key, Exchange exchange) {
        return exchange.isOfLocalOrigin()
                ? DatagramDigest.response(key)
                : DatagramDigest.request(
                        key.getPeer(), exchange.getCurrentRequest().getBytes());
    }

    private synchronized Optional<Known> enter(DatagramDigest request, Exchange exchange) {
        long now = ClockUtil.nanoRealtime();
        forgetExpired(now);
        letGoOfAnswered();
        Open earlier = open.get(request);
        if (earlier != null && now - earlier.arrivedNanos() < lifetimeNanos) {
            return Optional.of(new Known.BeingAnswered(earlier.exchange()));
        }
        Optional<List<byte[]>> answers = answered.find(request, now - lifetimeNanos);
        if (answers.isPresent()) {
            return answers.map(Known.Answered::new);
        }
        add(request, exchange, now);
        return Optional.empty();
    }

    private void add(DatagramDigest request, Exchange exchange, long now) {
        close(open.get(request));
        answered.remove(request);
        byte[] message = exchange.getCurrentRequest().getBytes();
        Open opened = new Open(request, exchange, now, OPEN_EXCHANGE + (message == null ? 0 : message.length));
        open.put(request, opened);
        openBytes += opened.cost();
        if (!exchange.isOfLocalOrigin()) {
            toLookAt.add(opened);
        }
        while (bytes() > maxBytes && forgetOldest()) {
            forgotten++;
        }
    }

    private void close(@Nullable Open entry) {
        if (entry != null && open.remove(entry.request(), entry)) {
            openBytes -= entry.cost();
        }
    }

    private boolean forgetOldest() {
        int before = answered.size();
        while (answered.forgetOldest()) {
            if (answered.size() < before) {
                return true;
            }
        }
        Optional<Open> oldest = open.values().stream().findFirst();
        oldest.ifPresent(this::close);
        return oldest.isPresent();
    }

    private void forgetExpired(long now) {
        answered.forgetArrivedBefore(now - lifetimeNanos, STEPS);
        Iterator<Open> oldest = open.values().iterator();
        for (int i = 0; i < STEPS && oldest.hasNext(); i++) {
            Open entry = oldest.next();
            if (now - entry.arrivedNanos() < lifetimeNanos) {
                return;
            }
            openBytes -= entry.cost();
            oldest.remove();
        }
    }

    /** Exchanges that have ended since are replaced by their answers. */
    private void letGoOfAnswered() {
        for (int i = 0; i < STEPS && !toLookAt.isEmpty(); i++) {
            Open entry = toLookAt.remove();
            if (open.get(entry.request()) != entry) {
                continue;
            }
            Optional<List<byte[]>> answers = answers(entry.exchange());
            if (answers.isEmpty()) {
                toLookAt.add(entry);
                continue;
            }
            close(entry);
            answered.add(entry.request(), entry.arrivedNanos(), answers.get());
        }
    }

    /** Empty while the exchange goes on. */
    private static Optional<List<byte[]>> answers(Exchange exchange) {
        if (!exchange.isComplete()) {
            return Optional.empty();
        }
        Request request = exchange.getCurrentRequest();
        byte[] acknowledgement = {0x60, 0, (byte) (request.getMID() >> 8), (byte) request.getMID()};
        Response response = exchange.getCurrentResponse();
        if (response == null) {
            return Optional.of(request.isAcknowledged() ? List.of(acknowledgement) : List.of());
        }
        byte[] datagram = response.getBytes();
        if (datagram == null) {
            return Optional.empty();
        }
        if (response.getType() == Type.ACK || !request.isConfirmable()) {
            return Optional.of(List.of(datagram));
        }
        // A separate response that the device has confirmed is not sent again. RFC 7252 section 5.2.2.
        return Optional.of(
                response.isAcknowledged() || response.isRejected()
                        ? List.of(acknowledgement)
                        : List.of(acknowledgement, datagram));
    }

    /** The peer is another one than before, although it has the same address: what comes now is new. */
    @Override
    public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
        add(digest(key, exchange), exchange, ClockUtil.nanoRealtime());
        return true;
    }

    /** The exchange of ours that a response came to before, or null, as Californium wants it. */
    @Override
    public synchronized @Nullable Exchange find(KeyMID key) {
        Open entry = open.get(DatagramDigest.response(key));
        return entry == null ? null : entry.exchange();
    }

    @Override
    public synchronized boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public synchronized int size() {
        return open.size() + answered.size();
    }

    /** Bytes in use, as counted. */
    synchronized long bytes() {
        return openBytes + answered.bytes();
    }

    /** How many were forgotten before their time, because the memory was full. */
    synchronized long forgotten() {
        return forgotten;
    }

    @Override
    public synchronized void clear() {
        open.clear();
        toLookAt.clear();
        answered.clear();
        openBytes = 0;
    }

    /** Nothing to start: no thread sweeps. */
    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void setExecutor(ScheduledExecutorService executor) {}
}
