package io.preservarium.pusher.api;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Checks the settings, says aloud who may command, and starts the view. */
@Singleton
final class ApiStart {

    void start(@Observes StartupEvent event, ApiConfig config, CommandStatusView view, ParserScriptView scripts) {
        config.check();
        switch (config.auth()) {
            case NONE -> ApiLog.openToEverybody();
        }
        view.start();
        scripts.start();
    }

    void stop(@Observes ShutdownEvent event, CommandStatusView view, ParserScriptView scripts)
            throws InterruptedException {
        scripts.stop();
        view.stop();
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
