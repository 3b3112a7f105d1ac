package io.preservarium.pusher.connector;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of every connector. Environment names stand in {@code META-INF/microprofile-config.properties}. */
@ConfigMapping(prefix = "pusher.connector")
public interface ConnectorConfig {

    /** What other services of this installation show when they ask for something; without one nobody may; INTERNAL_TOKEN. */
    Optional<String> internalToken();

    /** How long a stopping connector waits for what is on its way; DRAIN, or COAP_DRAIN or MQTT_DRAIN. */
    @WithDefault("3s")
    Duration drain();
}
