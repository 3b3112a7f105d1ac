package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.PlainNumber;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes plain values; a number that is not in its one form is brought into it, so that it is read back as it is written. */
final class PlainWriter {

    private PlainWriter() {}

    static void write(Object value, JsonGenerator out) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.writeFieldName(String.valueOf(entry.getKey()));
                    write(entry.getValue(), out);
                }
                out.writeEndObject();
            }
            case List<?> list -> {
                out.writeStartArray();
                for (Object item : list) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            case String text -> out.writeString(text);
            case Boolean flag -> out.writeBoolean(flag);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case BigInteger number -> out.writeNumber(number);
            case BigDecimal number -> out.writeNumber(number.scale() == 0 ? number.setScale(1) : number);
            case Double number -> write(number, out);
            case JsonNull ignored -> out.writeNull();
            default ->
                throw new IllegalArgumentException(
                        "no JSON for a " + value.getClass().getName());
        }
    }

    /** What is not finite has no number in JSON and is told by its name. */
    private static void write(Double number, JsonGenerator out) throws IOException {
        Optional<Number> plain = PlainNumber.of(number);
        if (plain.isEmpty()) {
            out.writeString(number.toString());
        } else if (plain.get() instanceof BigDecimal decimal) {
            out.writeNumber(decimal);
        } else {
            out.writeNumber(number);
        }
    }
}
