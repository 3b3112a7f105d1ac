package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.benchmarks.report.Round;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Connections that stay open (HTTP/1.1) and post one body after the other, all on one thread, as cheaply as can be,
 * because the servers under load need the processor. Understands answers with a Content-Length.
 */
public final class HttpConnections implements AutoCloseable {

    private static final int ANSWER_BYTES = 1 << 16;

    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final String head;

    public HttpConnections(InetSocketAddress server, String path, int count) throws IOException {
        selector = Selector.open();
        head = "POST " + path + " HTTP/1.1\r\nHost: " + server.getHostString() + ":" + server.getPort()
                + "\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: ";
        for (int n = 0; n < count; n++) {
            connections.add(new Connection(server));
        }
    }

    /** What came back in that time. */
    public record Answers(long accepted, long refused, Duration took, Histogram latencies) {

        public Round round() {
            return new Round(accepted, took, latencies);
        }
    }

    /** Posts body after body for a while; returns when every answer is there. */
    public Answers run(IntFunction<String> bodies, Duration during) throws IOException {
        return new Run(bodies, during).run();
    }

    /** One connection, one request at a time. */
    private static final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        private long startedAt;

        Connection(InetSocketAddress server) throws IOException {
            channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
        }

        /** The status, or 0 as long as the answer is not complete. */
        int status() {
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return 0;
            }
            String fields = text.substring(0, end).toLowerCase(Locale.ROOT);
            int length = fields.indexOf("\r\ncontent-length:");
            if (length < 0) {
                throw new IllegalStateException("the answer has no Content-Length:\n" + text);
            }
            int lineEnd = fields.indexOf('\r', length + 2);
            int bytes = Integer.parseInt(
                    fields.substring(length + "\r\ncontent-length:".length(), lineEnd < 0 ? fields.length() : lineEnd)
                            .strip());
            return answer.position() < end + 4 + bytes ? 0 : Integer.parseInt(text.substring(9, 12));
        }
    }

    /** From the first request to the last answer. */
    private final class Run {

        private final IntFunction<String> bodies;
        private final long start = System.nanoTime();
        private final long end;
        private final Histogram latencies = Round.newLatencies();
        private int next;
        private int open;
        private long accepted;
        private long refused;

        Run(IntFunction<String> bodies, Duration during) {
            this.bodies = bodies;
            this.end = start + during.toNanos();
        }

        Answers run() throws IOException {
            for (Connection connection : connections) {
                connection.channel.register(selector, SelectionKey.OP_READ, connection);
                post(connection);
            }
            while (open > 0) {
                selector.select(this::receive);
            }
            return new Answers(accepted, refused, Duration.ofNanos(System.nanoTime() - start), latencies);
        }

        private void post(Connection connection) throws IOException {
            String body = bodies.apply(next++);
            byte[] request = (head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
            connection.answer.clear();
            connection.startedAt = System.nanoTime();
            ByteBuffer bytes = ByteBuffer.wrap(request);
            while (bytes.hasRemaining()) { // far less than a socket's buffer
                connection.channel.write(bytes);
            }
            open++;
        }

        private void receive(SelectionKey key) {
            Connection connection = (Connection) key.attachment();
            try {
                if (connection.channel.read(connection.answer) < 0) {
                    throw new EOFException("the server closed a connection");
                }
                int status = connection.status();
                if (status != 0) {
                    finish(connection, status);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void finish(Connection connection, int status) throws IOException {
            long now = System.nanoTime();
            open--;
            if (status == 200) {
                accepted++;
                latencies.recordValue(Math.min(now - connection.startedAt, latencies.getHighestTrackableValue()));
            } else {
                refused++;
            }
            if (now < end) {
                post(connection);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }
}
