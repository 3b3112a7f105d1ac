package io.preservarium.pusher.delivery;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Settings as a connector would read them, from names and values. */
public final class SampleConfig {

    private SampleConfig() {}

    public static DeliveryConfig of(Map<String, String> settings) {
        Map<String, String> named = new HashMap<>();
        settings.forEach((name, value) -> named.put("pusher.delivery." + name, value));
        return new SmallRyeConfigBuilder()
                .withMapping(DeliveryConfig.class)
                .withConverter(Duration.class, 200, SampleConfig::duration)
                .withDefaultValues(named)
                .build()
                .getConfigMapping(DeliveryConfig.class);
    }

    /** As Quarkus reads it. */
    private static Duration duration(String text) {
        return Duration.parse((text.endsWith("d") ? "P" : "PT") + text.toUpperCase(Locale.ROOT));
    }
}
