package io.preservarium.pusher.coap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;

/** A device that writes its datagrams itself, so that a test says which MID and token go out, and how often. */
final class RawDevice implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 5_000;

    private final DatagramSocket socket;

    RawDevice(InetSocketAddress server) {
        try {
            socket = new DatagramSocket();
            socket.connect(server);
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] request(Type type, Code code, int mid, String path, String payload) {
        return request(type, code, mid, path, payload, message -> {});
    }

    static byte[] request(
            Type type, Code code, int mid, String path, String payload, java.util.function.Consumer<Request> more) {
        Request request = new Request(code, type);
        request.setMID(mid);
        request.setToken(new byte[] {(byte) mid, 0x55});
        Arrays.stream(path.split("/")).filter(s -> !s.isEmpty()).forEach(request.getOptions()::addUriPath);
        request.setPayload(payload.getBytes(StandardCharsets.UTF_8));
        more.accept(request);
        return new UdpDataSerializer().getByteArray(request);
    }

    static byte[] acknowledgement(Message message) {
        EmptyMessage ack = new EmptyMessage(Type.ACK);
        ack.setMID(message.getMID());
        ack.setToken(Token.EMPTY);
        return new UdpDataSerializer().getByteArray(ack);
    }

    /** An empty confirmable message, which a server answers by RST at once. RFC 7252 section 4.3. */
    static byte[] ping(int mid) {
        return new byte[] {0x40, 0, (byte) (mid >> 8), (byte) mid};
    }

    void send(byte[] datagram) {
        try {
            socket.send(new DatagramPacket(datagram, datagram.length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] receive() {
        return receiveWithin(PATIENCE_MILLIS).orElseThrow(() -> new AssertionError("no datagram came"));
    }

    Message receiveMessage() {
        return new UdpDataParser().parseMessage(receive());
    }

    Optional<byte[]> receiveWithin(int millis) {
        byte[] buffer = new byte[2_000];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            socket.setSoTimeout(millis);
            socket.receive(packet);
            return Optional.of(Arrays.copyOf(buffer, packet.getLength()));
        } catch (SocketTimeoutException nothing) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that came before the answer to a ping sent now. */
    byte[] receivedBeforePong(int mid) {
        send(ping(mid));
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        while (true) {
            byte[] datagram = receive();
            if (Arrays.equals(datagram, new byte[] {0x70, 0, (byte) (mid >> 8), (byte) mid})) {
                return before.toByteArray();
            }
            before.writeBytes(datagram);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
