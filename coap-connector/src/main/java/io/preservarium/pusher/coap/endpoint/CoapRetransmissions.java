package io.preservarium.pusher.coap.endpoint;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
    /** Bytes of an entry without its answer: key, state and map node. */
    private static final int ENTRY = 200;
    /** Entries looked at for each message, at either end, so that no message pays for many. */
    private static final int STEPS = 4;

    private final Connector socket;
    private final long lifetimeNanos;
    private final long maxBytes;
    /** Oldest first. */
    private final Map<Datagram, Entry> entries = new LinkedHashMap<>();

    private final Deque<Entry> open = new ArrayDeque<>();
    private long bytes;
    private long forgotten;

    CoapRetransmissions(Connector socket, long lifetimeNanos, long maxBytes) {
        this.socket = socket;
        this.lifetimeNanos = lifetimeNanos;
        this.maxBytes = maxBytes;
    }

    /** Half a SHA-256 over peer and datagram. */
    private record Datagram(long high, long low) {

        static Datagram request(Object peer, byte[] datagram) {
            return of(peer, datagram);
        }

        /** A response to a request of ours has only its message id to be known by. */
        static Datagram response(KeyMID key) {
            return of(key.getPeer(), new byte[] {(byte) (key.getMID() >> 8), (byte) key.getMID()});
        }

        private static Datagram of(Object peer, byte[] rest) {
            byte[] name;
            if (peer instanceof InetSocketAddress address) {
                byte[] host = address.getAddress().getAddress();
                name = ByteBuffer.allocate(host.length + Integer.BYTES)
                        .put(host)
                        .putInt(address.getPort())
                        .array();
            } else {
                name = peer.toString().getBytes(StandardCharsets.UTF_8);
            }
            ByteBuffer digest = ByteBuffer.wrap(sha256(name, rest));
            return new Datagram(digest.getLong(), digest.getLong());
        }

        private static byte[] sha256(byte[] name, byte[] rest) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update((byte) name.length);
                digest.update(name);
                return digest.digest(rest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java runtime has SHA-256", e);
            }
        }
    }

    private sealed interface State {
        /** Californium still answers, acknowledges or repeats. */
        record Open(Exchange exchange) implements State {}

        /** @param datagrams what a retransmission gets, nothing for one that is not answered */
        record Answered(List<byte[]> datagrams) implements State {
            int size() {
                int size = 0;
                for (byte[] datagram : datagrams) {
                    size += datagram.length;
                }
                return size;
            }
        }
    }

    private static final class Entry {
        private final Datagram datagram;
        private final long arrivedNanos;
        private State state;
        private int cost;

        Entry(Datagram datagram, long arrivedNanos, State.Open state, int cost) {
            this.datagram = datagram;
            this.arrivedNanos = arrivedNanos;
            this.state = state;
            this.cost = cost;
        }
    }

    /**
     * The exchange of a retransmission, or null for a first message, as Californium wants it. A retransmission whose answer
     * is kept gets it here; Californium then sees a duplicate of a request that nobody has decided about, and leaves it.
     */
    @Override
    public @Nullable Exchange findPrevious(KeyMID key, Exchange exchange) {
        Datagram datagram = datagram(key, exchange);
        Optional<State> known = enter(datagram, exchange);
        if (known.isEmpty()) {
            return null;
        }
        return switch (known.get()) {
            case State.Open(Exchange earlier) -> earlier;
            case State.Answered(List<byte[]> answers) -> {
                EndpointContext peer = exchange.getRequest().getSourceContext();
                answers.forEach(answer -> socket.send(RawData.outbound(answer, peer, null, false)));
                yield exchange;
            }
        };
    }

    private static Datagram datagram(KeyMID key, Exchange exchange) {
        return exchange.isOfLocalOrigin()
                ? Datagram.response(key)
                : Datagram.request(key.getPeer(), exchange.getCurrentRequest().getBytes());
    }

    private synchronized Optional<State> enter(Datagram datagram, Exchange exchange) {
        long now = ClockUtil.nanoRealtime();
        forgetExpired(now);
        letGoOfAnswered();
        Entry known = entries.get(datagram);
        if (known != null && now - known.arrivedNanos < lifetimeNanos) {
            return Optional.of(known.state);
        }
        add(datagram, exchange, now);
        return Optional.empty();
    }

    private void add(Datagram datagram, Exchange exchange, long now) {
        Entry earlier = entries.remove(datagram);
        if (earlier != null) {
            bytes -= earlier.cost;
        }
        byte[] message = exchange.getCurrentRequest().getBytes();
        Entry entry = new Entry(
                datagram,
                now,
                new State.Open(exchange),
                ENTRY + OPEN_EXCHANGE + (message == null ? 0 : message.length));
        entries.put(datagram, entry);
        bytes += entry.cost;
        if (!exchange.isOfLocalOrigin()) {
            open.add(entry);
        }
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            bytes -= oldest.next().cost;
            oldest.remove();
            forgotten++;
        }
    }

    private void forgetExpired(long now) {
        Iterator<Entry> oldest = entries.values().iterator();
        for (int i = 0; i < STEPS && oldest.hasNext(); i++) {
            Entry entry = oldest.next();
            if (now - entry.arrivedNanos < lifetimeNanos) {
                return;
            }
            bytes -= entry.cost;
            oldest.remove();
        }
    }

    /** Exchanges that have ended since are replaced by their answers. */
    private void letGoOfAnswered() {
        for (int i = 0; i < STEPS && !open.isEmpty(); i++) {
            Entry entry = open.remove();
            if (entries.get(entry.datagram) != entry || !(entry.state instanceof State.Open(Exchange exchange))) {
                continue;
            }
            Optional<State.Answered> answer = answer(exchange);
            if (answer.isEmpty()) {
                open.add(entry);
                continue;
            }
            bytes -= entry.cost;
            entry.state = answer.get();
            entry.cost = ENTRY + answer.get().size();
            bytes += entry.cost;
        }
    }

    /** Empty while the exchange goes on. */
    private static Optional<State.Answered> answer(Exchange exchange) {
        if (!exchange.isComplete()) {
            return Optional.empty();
        }
        Request request = exchange.getCurrentRequest();
        byte[] acknowledgement = {0x60, 0, (byte) (request.getMID() >> 8), (byte) request.getMID()};
        Response response = exchange.getCurrentResponse();
        if (response == null) {
            return Optional.of(new State.Answered(request.isAcknowledged() ? List.of(acknowledgement) : List.of()));
        }
        byte[] datagram = response.getBytes();
        if (datagram == null) {
            return Optional.empty();
        }
        if (response.getType() == Type.ACK || !request.isConfirmable()) {
            return Optional.of(new State.Answered(List.of(datagram)));
        }
        // A separate response that the device has confirmed is not sent again. RFC 7252 section 5.2.2.
        return Optional.of(new State.Answered(
                response.isAcknowledged() || response.isRejected()
                        ? List.of(acknowledgement)
                        : List.of(acknowledgement, datagram)));
    }

    /** The peer is another one than before, although it has the same address: what comes now is new. */
    @Override
    public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
        add(datagram(key, exchange), exchange, ClockUtil.nanoRealtime());
        return true;
    }

    /** The exchange of ours that a response came to before, or null, as Californium wants it. */
    @Override
    public synchronized @Nullable Exchange find(KeyMID key) {
        Entry entry = entries.get(Datagram.response(key));
        return entry != null && entry.state instanceof State.Open(Exchange exchange) ? exchange : null;
    }

    @Override
    public synchronized boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public synchronized int size() {
        return entries.size();
    }

    /** Bytes in use, as counted. */
    synchronized long bytes() {
        return bytes;
    }

    /** How many were forgotten before their time, because the memory was full. */
    synchronized long forgotten() {
        return forgotten;
    }

    @Override
    public synchronized void clear() {
        entries.clear();
        open.clear();
        bytes = 0;
    }

    /** Nothing to start: no thread sweeps. */
    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void setExecutor(ScheduledExecutorService executor) {}
}
