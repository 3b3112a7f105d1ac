package io.preservarium.pusher.mqtt;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Speaks just enough MQTT 5 to let a client in, offering QoS 1 at most and no retained messages, and answers a PUBLISH of QoS 1 only where a test says so. */
final class SilentBroker implements AutoCloseable {

    /** Maximum QoS 1, no retained messages, receive maximum. MQTT 5 section 3.2. */
    private final byte[] connack;

    private static final int PUBLISH = 3;
    private static final int CONNECT = 1;

    private final ServerSocket server;
    private final LinkedBlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    private final Semaphore publishes = new Semaphore(0);
    private volatile Predicate<String> answered = topic -> false;

    SilentBroker() {
        this(1_000);
    }

    SilentBroker(int receiveMaximum) {
        connack = new byte[] {
            0x20, 10, 0, 0, 7, 0x24, 1, 0x25, 0, 0x21, (byte) (receiveMaximum >> 8), (byte) receiveMaximum
        };
        try {
            server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    void answers(Predicate<String> topics) {
        answered = topics;
    }

    int port() {
        return server.getLocalPort();
    }

    void awaitPublish() throws InterruptedException {
        if (!publishes.tryAcquire(5, TimeUnit.SECONDS)) {
            throw new AssertionError("no PUBLISH came");
        }
    }

    int publishesNotAwaited() {
        return publishes.availablePermits();
    }

    void breakConnection() throws InterruptedException, IOException {
        connections.take().close();
    }

    /** MQTT 5 section 3.14. */
    void disconnect(int reasonCode) throws InterruptedException, IOException {
        Socket connection = connections.take();
        connection.getOutputStream().write(new byte[] {(byte) 0xE0, 2, (byte) reasonCode, 0});
        connection.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int type = in.readUnsignedByte() >> 4;
                byte[] rest = in.readNBytes(remainingLength(in));
                if (type == CONNECT) {
                    socket.getOutputStream().write(connack);
                } else if (type == PUBLISH) {
                    publishes.release();
                    answer(rest, socket.getOutputStream());
                }
            }
        } catch (IOException closed) {
            // The client left, or the test broke the connection.
        }
    }

    /** MQTT 5 sections 3.3.2 and 3.4. */
    private void answer(byte[] publish, OutputStream out) throws IOException {
        int topicEnd = 2 + ((publish[0] & 0xFF) << 8 | publish[1] & 0xFF);
        if (answered.test(new String(publish, 2, topicEnd - 2, StandardCharsets.UTF_8))) {
            out.write(new byte[] {0x40, 2, publish[topicEnd], publish[topicEnd + 1]});
        }
    }

    /** MQTT 5 section 1.5.5. */
    private static int remainingLength(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            if (digit < 0x80) {
                return length;
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
