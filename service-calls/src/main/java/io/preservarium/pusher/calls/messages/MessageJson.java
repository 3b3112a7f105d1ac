package io.preservarium.pusher.calls.messages;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.Optional;

/** Reads the messages of this package as pusher-api writes them: snake_case; fields of later releases are stepped over. */
public final class MessageJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private MessageJson() {}

    /** Empty for what is no such message: no JSON, or without a field that the message cannot do without. */
    public static <T> Optional<T> read(byte[] utf8, Class<T> message) {
        try {
            return Optional.ofNullable(MAPPER.readValue(utf8, message));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
