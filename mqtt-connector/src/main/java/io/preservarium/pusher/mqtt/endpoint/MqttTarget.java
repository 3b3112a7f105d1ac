package io.preservarium.pusher.mqtt.endpoint;

import io.preservarium.pusher.command.JsonNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where and how a command is published: its metadata, read and found right. MQTT 5 sections 3.3 and 4.7. */
public record MqttTarget(
        String topic,
        int qos,
        boolean retain,
        Optional<String> responseTopic,
        Optional<String> contentType,
        Map<String, String> userProperties) {

    /** User property of every message. */
    static final String REQUEST_ID = "request_id";

    private static final int DEFAULT_QOS = 1;

    /** What reading the metadata gave. */
    public sealed interface Read {
        record Right(MqttTarget target) implements Read {}

        /** {@code why} names each key and the rule it breaks. */
        record Wrong(String why) implements Read {}
    }

    static Read of(Map<String, Object> metadata, MqttStrings strings) {
        Reader reader = new Reader(metadata, strings);
        Optional<String> topic = reader.topic("topic");
        if (topic.isEmpty() && reader.broken.isEmpty()) {
            reader.broken.add("metadata.topic is required for protocol mqtt");
        }
        int qos = reader.qos();
        boolean retain = reader.retain();
        Optional<String> responseTopic = reader.topic("response_topic");
        Optional<String> contentType = reader.text("content_type");
        Map<String, String> userProperties = reader.userProperties();
        return reader.broken.isEmpty()
                ? new Read.Right(
                        new MqttTarget(topic.orElseThrow(), qos, retain, responseTopic, contentType, userProperties))
                : new Read.Wrong(String.join("; ", reader.broken));
    }

    /** Reads keys and notes the rules they break; what breaks one reads as absent. */
    private static final class Reader {

        private final Map<String, Object> metadata;
        private final MqttStrings strings;
        private final List<String> broken = new ArrayList<>();

        Reader(Map<String, Object> metadata, MqttStrings strings) {
            this.metadata = metadata;
            this.strings = strings;
        }

        Optional<String> topic(String key) {
            return string(key).filter(topic -> holds(strings.brokenByTopic(topic), key));
        }

        Optional<String> text(String key) {
            return string(key).filter(text -> holds(MqttStrings.broken(text), key));
        }

        private Optional<String> string(String key) {
            return value(key)
                    .filter(value -> holds(value instanceof String, key, "must be a string"))
                    .map(String.class::cast);
        }

        int qos() {
            return value("qos")
                    .filter(value -> holds(
                            value instanceof Integer number && number >= 0 && number <= 2, "qos", "must be 0, 1 or 2"))
                    .map(Integer.class::cast)
                    .orElse(DEFAULT_QOS);
        }

        boolean retain() {
            return value("retain")
                    .filter(value -> holds(value instanceof Boolean, "retain", "must be true or false"))
                    .map(Boolean.class::cast)
                    .orElse(false);
        }

        Map<String, String> userProperties() {
            Map<String, String> properties = new LinkedHashMap<>();
            Optional<Object> value = value("user_properties");
            if (value.isPresent()
                    && holds(value.get() instanceof Map, "user_properties", "must be an object of strings")) {
                ((Map<?, ?>) value.get()).forEach((name, content) -> property(String.valueOf(name), content)
                        .ifPresent(text -> properties.put(String.valueOf(name), text)));
            }
            return properties;
        }

        private Optional<String> property(String name, Object content) {
            String key = "user_properties." + name;
            return holds(MqttStrings.broken(name), key)
                            && holds(!name.equals(REQUEST_ID), key, "is set by this service: use another name")
                            && holds(content instanceof String, key, "must be a string")
                            && holds(MqttStrings.broken((String) content), key)
                    ? Optional.of((String) content)
                    : Optional.empty();
        }

        private Optional<Object> value(String key) {
            return Optional.ofNullable(metadata.get(key)).filter(value -> value != JsonNull.NULL);
        }

        private boolean holds(boolean rule, String key, String words) {
            return holds(rule ? Optional.empty() : Optional.of(words), key);
        }

        private boolean holds(Optional<String> brokenRule, String key) {
            brokenRule.ifPresent(rule -> broken.add("metadata." + MqttStrings.shown(key) + " " + rule));
            return brokenRule.isEmpty();
        }
    }
}
