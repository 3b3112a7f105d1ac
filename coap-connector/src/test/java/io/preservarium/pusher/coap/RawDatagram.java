package io.preservarium.pusher.coap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Type;

/** A CoAP message written byte by byte, so that it can be wrong in any way. RFC 7252 section 3. */
final class RawDatagram {

    private record Field(int number, byte[] value) {}

    private Type type = Type.CON;
    private int code = 2;
    private int mid = 7;
    private byte[] token = {0x05};
    private final List<Field> options = new ArrayList<>();
    private byte[] payload = {};

    /** A confirmable POST with token 05 and message id 7. */
    static RawDatagram post(String path) {
        RawDatagram datagram = new RawDatagram();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                datagram.option(11, segment.getBytes(StandardCharsets.UTF_8));
            }
        }
        return datagram;
    }

    RawDatagram non() {
        type = Type.NON;
        return this;
    }

    RawDatagram type(Type other) {
        type = other;
        return this;
    }

    /** Class and detail as one byte: 0x02 is POST. */
    RawDatagram code(int other) {
        code = other;
        return this;
    }

    RawDatagram mid(int other) {
        mid = other;
        return this;
    }

    RawDatagram token(String hex) {
        token = HexFormat.of().parseHex(hex);
        return this;
    }

    RawDatagram option(int number, String hex) {
        return option(number, HexFormat.of().parseHex(hex));
    }

    RawDatagram option(int number, byte[] value) {
        options.add(new Field(number, value));
        return this;
    }

    RawDatagram payload(String text) {
        return payload(text.getBytes(StandardCharsets.UTF_8));
    }

    RawDatagram payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x40 | type.value << 4 | token.length);
        out.write(code);
        out.write(mid >> 8);
        out.write(mid);
        out.writeBytes(token);
        int last = 0;
        for (Field option :
                options.stream().sorted(Comparator.comparingInt(Field::number)).toList()) {
            int delta = option.number - last;
            last = option.number;
            out.write(nibble(delta) << 4 | nibble(option.value.length));
            extend(out, delta);
            extend(out, option.value.length);
            out.writeBytes(option.value);
        }
        if (payload.length > 0) {
            out.write(0xFF);
            out.writeBytes(payload);
        }
        return out.toByteArray();
    }

    private static int nibble(int value) {
        return value < 13 ? value : value < 269 ? 13 : 14;
    }

    private static void extend(ByteArrayOutputStream out, int value) {
        if (value >= 269) {
            out.write(value - 269 >> 8);
            out.write(value - 269);
        } else if (value >= 13) {
            out.write(value - 13);
        }
    }
}
