package io.preservarium.pusher.api;

import io.preservarium.pusher.api.kafka.CommandPublisher;
import io.preservarium.pusher.api.parsers.ParserScriptView;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.status.CommandStatusView;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.journal.KafkaSettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;

/** Checks the settings, says aloud who may command, and starts the view. */
@Singleton
final class ApiStart {

    void start(
            @Observes StartupEvent event,
            ApiConfig config,
            CommandPublisher publisher,
            CommandStatusView view,
            ParserScriptView scripts) {
        config.check();
        switch (config.auth()) {
            case NONE -> ApiLog.LOG.openToEverybody();
        }
        publisher.start();
        view.start();
        scripts.start();
    }

    void stop(@Observes ShutdownEvent event, CommandStatusView view, ParserScriptView scripts)
            throws InterruptedException {
        scripts.stop();
        view.stop();
    }

    /** {@code kafka.*}, so KAFKA_SECURITY_PROTOCOL and the like reach each client. */
    @Produces
    @Singleton
    KafkaSettings kafkaSettings(@Identifier("default-kafka-broker") Map<String, Object> settings) {
        return KafkaSettings.of(settings);
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
