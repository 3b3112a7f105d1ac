package io.preservarium.pusher.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a device needs of RFC 7252: to write confirmable POSTs and acknowledgements, and to read answers. */
final class CoapDatagram {

    /** RFC 7252 section 3: the types of messages. */
    enum Type {
        CONFIRMABLE,
        NON_CONFIRMABLE,
        ACKNOWLEDGEMENT,
        RESET
    }

    /** What was received; {@code token} is 0 where there is none of four bytes, {@code code} 0 for an empty message. */
    record Answer(Type type, int code, int messageId, int token, int payloadBytes) {

        boolean isEmpty() {
            return code == 0;
        }

        /** 2.xx */
        boolean isSuccess() {
            return code >> 5 == 2;
        }
    }

    private static final int VERSION = 1;
    private static final int TOKEN_BYTES = 4;
    private static final int POST = 2;
    private static final int URI_PATH = 11;
    private static final int PAYLOAD_MARKER = 0xff;

    private CoapDatagram() {}

    /** Fills the buffer and flips it. */
    static void post(ByteBuffer into, int messageId, int token, String[] path, byte[] payload) {
        into.clear();
        into.put((byte) (VERSION << 6 | Type.CONFIRMABLE.ordinal() << 4 | TOKEN_BYTES));
        into.put((byte) POST);
        into.putShort((short) messageId);
        into.putInt(token);
        int delta = URI_PATH;
        for (String segment : path) {
            byte[] text = segment.getBytes(StandardCharsets.UTF_8);
            if (text.length < 13) {
                into.put((byte) (delta << 4 | text.length));
            } else {
                into.put((byte) (delta << 4 | 13));
                into.put((byte) (text.length - 13));
            }
            into.put(text);
            delta = 0;
        }
        if (payload.length > 0) {
            into.put((byte) PAYLOAD_MARKER);
            into.put(payload);
        }
        into.flip();
    }

    /** Fills the buffer and flips it. */
    static void acknowledgement(ByteBuffer into, int messageId) {
        into.clear();
        into.put((byte) (VERSION << 6 | Type.ACKNOWLEDGEMENT.ordinal() << 4));
        into.put((byte) 0);
        into.putShort((short) messageId);
        into.flip();
    }

    /** Empty when it is no CoAP. */
    static Optional<Answer> read(ByteBuffer datagram) {
        if (datagram.remaining() < 4) {
            return Optional.empty();
        }
        int first = datagram.get() & 0xff;
        int code = datagram.get() & 0xff;
        int messageId = datagram.getShort() & 0xffff;
        int tokenBytes = first & 0xf;
        if (first >> 6 != VERSION || tokenBytes > datagram.remaining()) {
            return Optional.empty();
        }
        int token = tokenBytes == TOKEN_BYTES ? datagram.getInt(datagram.position()) : 0;
        datagram.position(datagram.position() + tokenBytes);
        return payload(datagram)
                .map(payload -> new Answer(Type.values()[first >> 4 & 3], code, messageId, token, payload));
    }

    /** How many bytes are left behind the options. Section 3.1. */
    private static Optional<Integer> payload(ByteBuffer options) {
        while (options.hasRemaining()) {
            int option = options.get() & 0xff;
            if (option == PAYLOAD_MARKER) {
                return Optional.of(options.remaining());
            }
            int skipped = extension(option >> 4);
            int length = option & 0xf;
            if (length == 13 && options.remaining() > skipped) {
                length = 13 + (options.get(options.position() + skipped) & 0xff);
                skipped++;
            } else if (length == 14 && options.remaining() > skipped + 1) {
                length = 269 + (options.getShort(options.position() + skipped) & 0xffff);
                skipped += 2;
            }
            if (options.remaining() < skipped + length) {
                return Optional.empty();
            }
            options.position(options.position() + skipped + length);
        }
        return Optional.of(0);
    }

    private static int extension(int nibble) {
        return switch (nibble) {
            case 13 -> 1;
            case 14 -> 2;
            default -> 0;
        };
    }
}
