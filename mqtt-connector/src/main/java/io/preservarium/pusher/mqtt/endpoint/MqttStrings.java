package io.preservarium.pusher.mqtt.endpoint;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the strings of a PUBLISH may hold. A broker may close the connection for what is left out here, and with it take
 * down the commands of other devices. MQTT 5 sections 1.5.4 and 4.7.
 *
 * @param dollarTopics beginnings of the topics that may begin with {@code $}
 */
record MqttStrings(List<String> dollarTopics) {

    private static final int MAX_UTF8_BYTES = 65_535;
    private static final int LONGEST_SHOWN = 60;

    MqttStrings {
        dollarTopics = List.copyOf(dollarTopics);
        for (String beginning : dollarTopics) {
            if (!beginning.startsWith("$")) {
                throw new IllegalArgumentException(
                        "MQTT_DOLLAR_TOPICS must name beginnings of topics that begin with $ but had " + beginning);
            }
        }
    }

    /** The rule that a topic to publish to breaks. */
    Optional<String> brokenByTopic(String topic) {
        if (topic.isEmpty()) {
            return Optional.of("must not be empty");
        }
        if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
            return Optional.of("must not contain the wildcards + and #");
        }
        if (topic.startsWith("$") && dollarTopics.stream().noneMatch(topic::startsWith)) {
            return Optional.of("must not begin with $: brokers keep such topics to themselves (MQTT 5 section 4.7.2)"
                    + " and MQTT_DOLLAR_TOPICS does not allow this one");
        }
        return broken(topic);
    }

    /** The rule that a string of any kind breaks. */
    static Optional<String> broken(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == 0) {
                return Optional.of("must not contain U+0000");
            }
            if (isHalfSurrogate(c)) {
                return Optional.of("must be valid Unicode");
            }
            if (mayCloseTheConnection(c)) {
                return Optional.of("must not contain " + name(c)
                        + ": brokers may close the connection for it (MQTT 5 section 1.5.4)");
            }
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x1_0000 ? 3 : 4;
            i += Character.charCount(c);
        }
        return bytes <= MAX_UTF8_BYTES
                ? Optional.empty()
                : Optional.of("must have at most " + MAX_UTF8_BYTES + " bytes in UTF-8");
    }

    /** The text, not too long and without what nobody could read, for a message about it. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(LONGEST_SHOWN).forEach(c -> {
            if (isHalfSurrogate(c) || mayCloseTheConnection(c)) {
                shown.append(name(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) <= LONGEST_SHOWN
                ? shown.toString()
                : shown.append('…').toString();
    }

    private static String name(int codePoint) {
        return String.format(Locale.ROOT, "U+%04X", codePoint);
    }

    private static boolean isHalfSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    /** Control characters and Unicode non-characters. */
    private static boolean mayCloseTheConnection(int c) {
        return Character.isISOControl(c) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
    }
}
