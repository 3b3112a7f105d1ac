package io.preservarium.pusher.coap.endpoint;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Requests that were answered and the datagrams of their answers, in the order in which they are added. They lie in large
 * arrays one after the other, so that a million of them cost a garbage collection nothing: as objects they made each of its
 * pauses longer.
 */
final class AnsweredRequests {

    /** Bytes of an entry in the index, whose tables are between a third and two thirds full. */
    static final int INDEXED = 40;

    private static final int CHUNK = 256 << 10;
    private static final int HEAD = 3 * Long.BYTES + 1;
    /** So that a table that grows is a small one. */
    private static final int TABLES = 256;

    private static final long NOWHERE = -1;

    private static final class Chunk {
        private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
        private int used;
    }

    private final Long2LongHashMap[] positions = new Long2LongHashMap[TABLES];
    private final Long2ObjectHashMap<Chunk> chunks = new Long2ObjectHashMap<>();
    /** Where the oldest entry is, and where the next one goes; a chunk's number times its length, and the place in it. */
    private long oldest;

    private long next;
    private int size;

    AnsweredRequests() {
        clear();
    }

    /** @param answers what a retransmission gets, up to 255 datagrams of up to 65,535 bytes */
    void add(DatagramDigest request, long arrivedNanos, List<byte[]> answers) {
        int length = HEAD;
        for (byte[] answer : answers) {
            length += Character.BYTES + answer.length;
        }
        if (CHUNK - next % CHUNK < length) {
            beginChunk();
        }
        Chunk chunk = chunks.computeIfAbsent(next / CHUNK, number -> new Chunk());
        ByteBuffer entry = chunk.bytes.position((int) (next % CHUNK));
        entry.putLong(request.high()).putLong(request.low()).putLong(arrivedNanos);
        entry.put((byte) answers.size());
        for (byte[] answer : answers) {
            entry.putChar((char) answer.length).put(answer);
        }
        chunk.used = entry.position();
        if (table(request).put(request.low(), next) == NOWHERE) {
            size++;
        }
        next += length;
    }

    /** The answers of a request that arrived after that time. */
    Optional<List<byte[]>> find(DatagramDigest request, long arrivedAfterNanos) {
        long position = table(request).get(request.low());
        if (position == NOWHERE) {
            return Optional.empty();
        }
        ByteBuffer entry = chunk(position).bytes.position((int) (position % CHUNK));
        boolean isIt = entry.getLong() == request.high();
        entry.getLong();
        if (!isIt || entry.getLong() - arrivedAfterNanos <= 0) {
            return Optional.empty();
        }
        int count = Byte.toUnsignedInt(entry.get());
        List<byte[]> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] answer = new byte[entry.getChar()];
            entry.get(answer);
            answers.add(answer);
        }
        return Optional.of(answers);
    }

    void remove(DatagramDigest request) {
        if (table(request).remove(request.low()) != NOWHERE) {
            size--;
        }
    }

    /** Forgets the oldest entries that arrived before that time, at most so many. */
    void forgetArrivedBefore(long nanos, int atMost) {
        for (int i = 0; i < atMost && oldest != next; i++) {
            if (chunk(oldest).bytes.getLong((int) (oldest % CHUNK) + 2 * Long.BYTES) - nanos > 0) {
                return;
            }
            forgetOldest();
        }
    }

    /** False when there is none; true also for one that was removed before. */
    boolean forgetOldest() {
        if (oldest == next) {
            return false;
        }
        Chunk chunk = chunk(oldest);
        ByteBuffer entry = chunk.bytes.position((int) (oldest % CHUNK) + Long.BYTES);
        long low = entry.getLong();
        entry.getLong();
        int count = Byte.toUnsignedInt(entry.get());
        for (int i = 0; i < count; i++) {
            entry.position(entry.getChar() + entry.position());
        }
        Long2LongHashMap table = table(low);
        if (table.get(low) == oldest) {
            table.remove(low);
            size--;
        }
        long number = oldest / CHUNK;
        if (entry.position() == chunk.used && number != next / CHUNK) {
            chunks.remove(number);
            oldest = (number + 1) * CHUNK;
        } else {
            oldest = number * CHUNK + entry.position();
        }
        return true;
    }

    /** What is left of the chunk is too short for the next entry. */
    private void beginChunk() {
        boolean isEmpty = oldest == next;
        long number = next / CHUNK;
        next = (number + 1) * CHUNK;
        if (isEmpty) {
            chunks.remove(number);
            oldest = next;
        }
    }

    int size() {
        return size;
    }

    /** Bytes in use, to within two chunks. */
    long bytes() {
        return next - oldest + (long) size * INDEXED;
    }

    void clear() {
        for (int i = 0; i < TABLES; i++) {
            positions[i] = new Long2LongHashMap(NOWHERE);
        }
        chunks.clear();
        oldest = 0;
        next = 0;
        size = 0;
    }

    private Chunk chunk(long position) {
        Chunk chunk = chunks.get(position / CHUNK);
        if (chunk == null) {
            throw new IllegalStateException("no entry at " + position);
        }
        return chunk;
    }

    private Long2LongHashMap table(DatagramDigest request) {
        return table(request.low());
    }

    private Long2LongHashMap table(long low) {
        return positions[(int) (low >>> 56)];
    }
}
