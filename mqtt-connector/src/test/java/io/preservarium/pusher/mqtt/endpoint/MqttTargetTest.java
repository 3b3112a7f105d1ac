package io.preservarium.pusher.mqtt.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.command.JsonNull;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttTargetTest {

    private static final MqttStrings STRINGS = new MqttStrings(List.of("$aws/things/"));

    private static MqttTarget right(Map<String, Object> metadata) {
        return switch (MqttTarget.of(metadata, STRINGS)) {
            case MqttTarget.Read.Right(MqttTarget target) -> target;
            case MqttTarget.Read.Wrong(String why) -> throw new AssertionError(why);
        };
    }

    private static String wrong(String key, Object value) {
        Map<String, Object> metadata = new HashMap<>(Map.of("topic", "t"));
        metadata.put(key, value);
        return switch (MqttTarget.of(metadata, STRINGS)) {
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

    @ParameterizedTest
    @ValueSource(
            ints = {0x01, 0x07, 0x0A, 0x1F, 0x7F, 0x85, 0x9F, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x2FFFF, 0x10FFFF
            })
    void whatBrokersMayCloseTheConnectionForIsRefusedInEveryString(int codePoint) {
        String bad = "a" + Character.toString(codePoint);
        String rule = String.format(
                "must not contain U+%04X: brokers may close the connection for it (MQTT 5 section 1.5.4)", codePoint);
        for (String key : List.of("topic", "response_topic", "content_type")) {
            assertThat(wrong(key, bad)).isEqualTo("metadata." + key + " " + rule);
        }
        assertThat(wrong("user_properties", Map.of("site", bad))).isEqualTo("metadata.user_properties.site " + rule);
        assertThat(wrong("user_properties", Map.of(bad, "north")))
                .isEqualTo(String.format("metadata.user_properties.aU+%04X %s", codePoint, rule));
    }

    @Test
    void whatOnlyLooksStrangeIsTaken() {
        for (String topic :
                List.of("/", "//", "a//b/", " ", "\ufeffa", "\u00a0", "a\ufdcf\ufdf0", "😀/\ufffd", "a/$b", "ä")) {
            assertThat(right(Map.of("topic", topic, "response_topic", topic)).topic())
                    .isEqualTo(topic);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYS/pub", "$share/g/x", "$aws/rules/x", "$", "$aws/things"})
    void topicsThatBrokersKeepToThemselvesAreRefusedUnlessAllowed(String topic) {
        String rule = "must not begin with $: brokers keep such topics to themselves (MQTT 5 section 4.7.2) and"
                + " MQTT_DOLLAR_TOPICS does not allow this one";
        assertThat(wrong("topic", topic)).isEqualTo("metadata.topic " + rule);
        assertThat(wrong("response_topic", topic)).isEqualTo("metadata.response_topic " + rule);
        assertThat(right(Map.of("topic", "$aws/things/x/shadow", "content_type", topic))
                        .topic())
                .isEqualTo("$aws/things/x/shadow");
    }

    @Test
    void aMessageAboutAKeyIsReadable() {
        String key = "😀".repeat(61);
        assertThat(wrong("user_properties", Map.of(key, 1)))
                .isEqualTo("metadata.user_properties." + "😀".repeat(44) + "… must be a string");
        assertThat(wrong("user_properties", Map.of("\ud83d", 1)))
                .isEqualTo("metadata.user_properties.U+D83D must be valid Unicode");
    }

    @Test
    void aSettingThatAllowsOtherTopicsThanThoseStopsTheStart() {
        assertThatThrownBy(() -> new MqttStrings(List.of("aws/")))
                .hasMessage("MQTT_DOLLAR_TOPICS must name beginnings of topics that begin with $ but had aws/");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(MqttTarget.of(Map.of("topic", "#", "qos", 9), STRINGS))
                .isEqualTo(new MqttTarget.Read.Wrong(
                        "metadata.topic must not contain the wildcards + and #; metadata.qos must be 0, 1 or 2"));
    }
}
