package io.preservarium.pusher.connector;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.streams.StreamsDelivery;
import io.preservarium.pusher.parsers.MicrometerParserMetrics;
import io.preservarium.pusher.parsers.ParserCatalog;
import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptParser;
import io.preservarium.pusher.parsers.ScriptTopic;
import io.preservarium.pusher.parsers.ScriptTopicConfig;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

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
    static ScriptParser parser(ParsersConfig config, MeterRegistry registry) {
        return ScriptParser.start(config, ParserCatalog.ofFilesAndTopic(), new MicrometerParserMetrics(registry));
    }

    static void close(@Disposes ScriptParser parser) {
        parser.close();
    }

    /** Until the topic was read, the parser is not ready and no command is handed out. */
    @Produces
    @Singleton
    @Startup
    static ScriptTopic scripts(ScriptTopicConfig config, ScriptParser parser, Clock clock) {
        return ScriptTopic.follow(config, parser.catalog(), clock);
    }

    static void close(@Disposes ScriptTopic scripts) {
        scripts.close();
    }

    /** Closed by the lifecycle, in its order. */
    @Produces
    @Singleton
    static Delivery delivery(
            DeliveryConfig config, Route route, PayloadParser parser, Clock clock, MeterRegistry registry) {
        return StreamsDelivery.start(config, route, parser, clock, registry);
    }
}
