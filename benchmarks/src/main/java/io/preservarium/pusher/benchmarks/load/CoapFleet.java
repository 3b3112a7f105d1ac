package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Many devices on one thread that send confirmable uplinks and wait for the answers, as cheaply as can be, because the
 * servers under load need the processor. A message id is never used twice from one port: a port that has used all of
 * them gives way to another.
 */
public final class CoapFleet implements AutoCloseable {

    /** RFC 7252 section 4.8: ACK_TIMEOUT times half of ACK_RANDOM_FACTOR's span, and MAX_RETRANSMIT. */
    private static final long ACK_TIMEOUT_NANOS = Duration.ofMillis(2_500).toNanos();

    private static final int MAX_RETRANSMIT = 4;
    private static final long SEPARATE_RESPONSE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long SWEEP_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LATE_NANOS = Duration.ofMillis(5).toNanos();
    private static final int MESSAGE_IDS = 1 << 16;
    private static final int DATAGRAM_BYTES = 2_048;

    private final InetSocketAddress server;
    private final IntFunction<String> names;
    private final byte[] payload;
    private final Selector selector;
    private final Port[] ports;
    private final List<Port> retired = new ArrayList<>();
    private final ByteBuffer received = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
    private final ByteBuffer acknowledgement = ByteBuffer.allocateDirect(8);

    /** Devices share so many ports; their names make the path {@code /devices/<name>/up}. */
    public CoapFleet(InetSocketAddress server, int ports, IntFunction<String> names, byte[] payload)
            throws IOException {
        this.server = server;
        this.names = names;
        this.payload = payload.clone();
        this.selector = Selector.open();
        this.ports = new Port[ports];
        for (int n = 0; n < ports; n++) {
            this.ports[n] = new Port();
        }
    }

    /** One socket and the message ids it has used. */
    private final class Port {

        private final DatagramChannel channel;
        private int messageIds;

        Port() throws IOException {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.connect(server);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }
    }

    /** As many at once as are allowed, each next one when an answer has come. */
    public Traffic run(Calls calls, int inFlight) throws IOException {
        return new Run(calls, inFlight, 0).run();
    }

    /** At a pace, however long the answers take; a call that had to wait for its turn is timed from when it was due. */
    public Traffic runPaced(Calls calls, int inFlight, double perSecond) throws IOException {
        return new Run(calls, inFlight, 1e9 / perSecond).run();
    }

    /** A call on the way. */
    private static final class Call {

        private final int slot;
        private final ByteBuffer datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
        private Port port;
        private int device;
        private int messageId;
        private int token;
        private boolean onTheWay;
        private long startedAt;
        private long retryAt;
        private int retries;
        private boolean acknowledged;

        Call(int slot, Port port) {
            this.slot = slot;
            this.port = port;
        }
    }

    /** From the first call to the last answer. */
    private final class Run {

        private final Calls calls;
        private final double pauseNanos;
        private final Call[] slots;
        private final Deque<Call> free = new ArrayDeque<>();
        private final Histogram latencies = Round.newLatencies();
        private final long start = System.nanoTime();
        private long lastAnswer = start;
        private long started;
        private long answered;
        private long refused;
        private long withPayload;
        private long retransmissions;
        private long lost;
        private int generation;
        private boolean over;

        Run(Calls calls, int inFlight, double pauseNanos) {
            if (inFlight < 1 || inFlight > 0xffff) {
                throw new IllegalArgumentException("calls at once must be 1 to 65535 but were " + inFlight);
            }
            this.calls = calls;
            this.pauseNanos = pauseNanos;
            this.slots = new Call[inFlight];
            for (int n = 0; n < inFlight; n++) {
                slots[n] = new Call(n, ports[0]);
                free.add(slots[n]);
            }
        }

        Traffic run() throws IOException {
            long sweepAt = start + SWEEP_NANOS;
            while (!(over && free.size() == slots.length)) {
                startCalls();
                selector.select(this::receive, pauseNanos > 0 ? 1 : SWEEP_NANOS / 1_000_000);
                long now = System.nanoTime();
                if (now > sweepAt) {
                    sweep(now);
                    sweepAt = now + SWEEP_NANOS;
                }
            }
            for (Port port : retired) {
                port.channel.close();
            }
            retired.clear();
            return new Traffic(
                    answered,
                    refused,
                    withPayload,
                    retransmissions,
                    lost,
                    Duration.ofNanos(lastAnswer - start),
                    latencies);
        }

        private void startCalls() throws IOException {
            while (!over && !free.isEmpty()) {
                long now = System.nanoTime();
                long due = start + (long) (started * pauseNanos);
                if (pauseNanos > 0 && now < due) {
                    return;
                }
                int device = calls.next();
                if (device == Calls.NOT_NOW) {
                    return;
                }
                if (device == Calls.NO_MORE) {
                    over = true;
                    return;
                }
                started++;
                begin(free.poll(), device, pauseNanos > 0 && now - due > LATE_NANOS ? due : now);
            }
        }

        private void begin(Call call, int device, long startedAt) throws IOException {
            generation++;
            call.port = port(device);
            call.device = device;
            call.messageId = call.port.messageIds++;
            call.token = call.slot << 16 | generation & 0xffff;
            call.onTheWay = true;
            call.startedAt = startedAt;
            call.retries = 0;
            call.acknowledged = false;
            call.retryAt = System.nanoTime() + ACK_TIMEOUT_NANOS;
            CoapDatagram.post(
                    call.datagram,
                    call.messageId,
                    call.token,
                    new String[] {"devices", names.apply(device), "up"},
                    payload);
            send(call);
        }

        /** The same device calls from the same port, until that has used up its message ids. */
        private Port port(int device) throws IOException {
            int n = device % ports.length;
            if (ports[n].messageIds == MESSAGE_IDS) {
                retired.add(ports[n]);
                ports[n] = new Port();
            }
            return ports[n];
        }

        private void send(Call call) throws IOException {
            call.datagram.rewind();
            try {
                call.port.channel.write(call.datagram);
            } catch (PortUnreachableException e) {
                // Nobody listens now; the retransmission finds out whether that lasts.
            }
        }

        private void receive(SelectionKey key) {
            Port port = (Port) key.attachment();
            received.clear();
            try {
                if (port.channel.read(received) > 0) {
                    received.flip();
                    var unused = CoapDatagram.read(received).map(answer -> {
                        take(port, answer);
                        return answer;
                    });
                }
            } catch (PortUnreachableException e) {
                // As above.
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private void take(Port port, CoapDatagram.Answer answer) {
            if (answer.isEmpty()) {
                Arrays.stream(slots)
                        .filter(call -> call.onTheWay && call.port == port && call.messageId == answer.messageId())
                        .findFirst()
                        .ifPresent(call -> takeEmpty(call, answer));
                return;
            }
            if (answer.type() == CoapDatagram.Type.CONFIRMABLE) {
                acknowledge(port, answer.messageId());
            }
            int slot = answer.token() >>> 16;
            if (slot < slots.length && slots[slot].onTheWay && slots[slot].token == answer.token()) {
                finish(slots[slot], answer);
            }
        }

        private void takeEmpty(Call call, CoapDatagram.Answer answer) {
            if (answer.type() == CoapDatagram.Type.RESET) {
                giveUp(call);
            } else {
                call.acknowledged = true;
                call.retryAt = System.nanoTime() + SEPARATE_RESPONSE_NANOS;
            }
        }

        private void acknowledge(Port port, int messageId) {
            CoapDatagram.acknowledgement(acknowledgement, messageId);
            try {
                port.channel.write(acknowledgement);
            } catch (IOException e) {
                // The server asks again.
            }
        }

        private void finish(Call call, CoapDatagram.Answer answer) {
            lastAnswer = System.nanoTime();
            latencies.recordValue(Math.min(lastAnswer - call.startedAt, latencies.getHighestTrackableValue()));
            release(call);
            answered++;
            if (!answer.isSuccess()) {
                refused++;
            } else if (answer.payloadBytes() > 0) {
                withPayload++;
            }
            calls.answered(call.device, answer.isSuccess(), answer.payloadBytes());
        }

        private void giveUp(Call call) {
            release(call);
            lost++;
            calls.lost(call.device);
        }

        private void release(Call call) {
            call.onTheWay = false;
            free.add(call);
        }

        private void sweep(long now) throws IOException {
            for (Call call : slots) {
                if (call.onTheWay && now > call.retryAt) {
                    if (call.acknowledged || call.retries == MAX_RETRANSMIT) {
                        giveUp(call);
                    } else {
                        call.retries++;
                        call.retryAt = now + (ACK_TIMEOUT_NANOS << call.retries);
                        retransmissions++;
                        send(call);
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Port port : ports) {
            port.channel.close();
        }
        selector.close();
    }
}
