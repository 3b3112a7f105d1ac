package io.preservarium.pusher.mqtt.endpoint;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the connection to the broker. The environment variable of each stands in {@code application.properties}. */
@ConfigMapping(prefix = "pusher.mqtt")
public interface MqttConfig {

    /** The broker; MQTT_HOST. */
    @WithDefault("localhost")
    String host();

    /** Its port; MQTT_PORT. */
    @WithDefault("1883")
    int port();

    /** TLS with the authorities that the Java runtime trusts; MQTT_TLS. */
    @WithDefault("false")
    boolean tls();

    /** MQTT_USERNAME. */
    Optional<String> username();

    /** MQTT_PASSWORD. */
    Optional<String> password();

    /** Client identifier, one for each replica; INSTANCE_ID. */
    String clientId();

    /** Seconds between signs of life; MQTT_KEEP_ALIVE. */
    @WithDefault("30s")
    Duration keepAlive();

    /** Commands on their way at one time, from being formatted to the broker's answer; MQTT_IN_FLIGHT. */
    @WithDefault("500")
    int inFlight();

    /** Devices whose turn can wait here for a free place in flight; of more it is enough to know that there are some; MQTT_MAX_TURNS. */
    @WithDefault("100000")
    int maxTurns();

    /** Beginnings of the topics that may begin with {@code $}, such as {@code $aws/things/}; MQTT_DOLLAR_TOPICS. */
    Optional<List<String>> dollarTopics();

    /** First pause before connecting again, doubled each time; MQTT_RECONNECT_FIRST. */
    @WithDefault("250ms")
    Duration reconnectFirst();

    /** Longest pause before connecting again; MQTT_RECONNECT_MAX. */
    @WithDefault("10s")
    Duration reconnectMax();
}
