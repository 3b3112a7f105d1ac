package io.preservarium.pusher.operator;

import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

/** The settings as the service reads them from its application.properties, with some given. */
public final class Settings {

    private Settings() {}

    public static OperatorConfig with(Map<String, String> given) {
        try {
            return new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withConverter(Duration.class, 200, new DurationConverter())
                    .withSources(new PropertiesConfigSource(
                            Settings.class.getClassLoader().getResource("application.properties"), 100))
                    .withSources(new PropertiesConfigSource(given, "given", 200))
                    .withMapping(OperatorConfig.class)
                    .withValidateUnknown(false)
                    .build()
                    .getConfigMapping(OperatorConfig.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
