package io.preservarium.pusher.connector;

import java.time.Duration;
import java.util.Optional;

/** Settings of a test. */
public record ConnectorSettings(Optional<String> internalToken, Duration drain) implements ConnectorConfig {

    public static ConnectorSettings draining(Duration drain) {
        return new ConnectorSettings(Optional.empty(), drain);
    }
}
