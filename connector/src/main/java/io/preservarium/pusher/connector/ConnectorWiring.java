package io.preservarium.pusher.connector;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.catalog.ParserCatalog;
import io.preservarium.pusher.catalog.ScriptFiles;
import io.preservarium.pusher.catalog.ScriptTopic;
import io.preservarium.pusher.catalog.ScriptsConfig;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.streams.StreamsDelivery;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.parsers.MicrometerParserMetrics;
import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptParser;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.eclipse.microprofile.config.Config;

/** The parts that know no protocol, as beans. */
final class ConnectorWiring {

    private ConnectorWiring() {}

    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    static ParserCatalog catalog() {
        return ParserCatalog.ofFilesAndTopic();
    }

    @Produces
    @Singleton
    static ScriptParser parser(ParsersConfig config, ParserCatalog catalog, MeterRegistry registry) {
        return ScriptParser.start(config, catalog, new MicrometerParserMetrics(registry));
    }

    static void close(@Disposes ScriptParser parser) {
        parser.close();
    }

    @Produces
    @Singleton
    @Startup
    static ScriptFiles files(ScriptsConfig config, ParsersConfig limits, ParserCatalog catalog) {
        return ScriptFiles.list(config, limits.scriptLimit(), catalog);
    }

    static void close(@Disposes ScriptFiles files) {
        files.close();
    }

    /** {@code kafka.*}, so KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL and the like. */
    @Produces
    @Singleton
    static KafkaSettings kafka(Config config) {
        return KafkaSettings.of(name -> config.getOptionalValue("kafka." + name, String.class));
    }

    /** Until the topic was read, the parser is not ready and no command is handed out. */
    @Produces
    @Singleton
    @Startup
    static ScriptTopic scripts(KafkaSettings kafka, ScriptsConfig config, ParserCatalog catalog, Clock clock) {
        return ScriptTopic.follow(kafka, config, catalog, clock);
    }

    static void close(@Disposes ScriptTopic scripts) {
        scripts.close();
    }

    /** Closed by the lifecycle, in its order. */
    @Produces
    @Singleton
    static Delivery delivery(
            KafkaSettings kafka,
            DeliveryConfig config,
            Route route,
            PayloadParser parser,
            Clock clock,
            MeterRegistry registry) {
        return StreamsDelivery.start(kafka, config, route, parser, clock, registry);
    }
}
