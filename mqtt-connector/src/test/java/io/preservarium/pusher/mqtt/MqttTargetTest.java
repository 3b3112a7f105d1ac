package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.JsonNull;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MqttTargetTest {

    private static MqttTarget right(Map<String, Object> metadata) {
        return switch (MqttTarget.of(metadata)) {
            case MqttTarget.Read.Right(MqttTarget target) -> target;
            case MqttTarget.Read.Wrong(String why) -> throw new AssertionError(why);
        };
    }

    private static String wrong(String key, Object value) {
        Map<String, Object> metadata = new HashMap<>(Map.of("topic", "t"));
        metadata.put(key, value);
        return switch (MqttTarget.of(metadata)) {
            case MqttTarget.Read.Right right -> throw new AssertionError(key + " was taken");
            case MqttTarget.Read.Wrong(String why) -> why;
        };
    }

    @Test
    void aTopicIsEnough() {
        assertThat(right(Map.of("topic", "devices/a", "for_the_script", List.of())))
                .isEqualTo(new MqttTarget("devices/a", 1, false, Optional.empty(), Optional.empty(), Map.of()));
    }

    @Test
    void jsonNullIsAbsent() {
        assertThat(right(Map.of(
                        "topic", "t", "qos", JsonNull.NULL, "retain", JsonNull.NULL, "response_topic", JsonNull.NULL)))
                .isEqualTo(new MqttTarget("t", 1, false, Optional.empty(), Optional.empty(), Map.of()));
    }

    @Test
    void everyWrongKeyIsNamedWithItsRule() {
        assertThat(wrong("topic", JsonNull.NULL)).isEqualTo("metadata.topic is required for protocol mqtt");
        assertThat(wrong("topic", 7)).isEqualTo("metadata.topic must be a string");
        assertThat(wrong("topic", "")).isEqualTo("metadata.topic must not be empty");
        assertThat(wrong("topic", "a/+/b")).isEqualTo("metadata.topic must not contain the wildcards + and #");
        assertThat(wrong("topic", "a/#")).isEqualTo("metadata.topic must not contain the wildcards + and #");
        assertThat(wrong("topic", "a\u0000b")).isEqualTo("metadata.topic must not contain U+0000");
        assertThat(wrong("topic", "a\ud800b")).isEqualTo("metadata.topic must be valid Unicode");
        assertThat(wrong("topic", "ä".repeat(32_768)))
                .isEqualTo("metadata.topic must have at most 65535 bytes in UTF-8");
        assertThat(wrong("qos", 3)).isEqualTo("metadata.qos must be 0, 1 or 2");
        assertThat(wrong("qos", "1")).isEqualTo("metadata.qos must be 0, 1 or 2");
        assertThat(wrong("qos", new BigDecimal("1.5"))).isEqualTo("metadata.qos must be 0, 1 or 2");
        assertThat(wrong("retain", "true")).isEqualTo("metadata.retain must be true or false");
        assertThat(wrong("response_topic", "a/#"))
                .isEqualTo("metadata.response_topic must not contain the wildcards + and #");
        assertThat(wrong("content_type", true)).isEqualTo("metadata.content_type must be a string");
        assertThat(wrong("user_properties", "x")).isEqualTo("metadata.user_properties must be an object of strings");
        assertThat(wrong("user_properties", Map.of("n", 1))).isEqualTo("metadata.user_properties.n must be a string");
        assertThat(wrong("user_properties", Map.of("request_id", "x")))
                .isEqualTo("metadata.user_properties.request_id is set by this service: use another name");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(MqttTarget.of(Map.of("topic", "#", "qos", 9)))
                .isEqualTo(new MqttTarget.Read.Wrong(
                        "metadata.topic must not contain the wildcards + and #; metadata.qos must be 0, 1 or 2"));
    }
}
