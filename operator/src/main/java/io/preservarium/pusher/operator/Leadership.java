package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.OperatorLog;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/**
 * Which replica works. One that loses its lease ends at once, before another can publish beside it; the framework's own
 * way to end would also end an orderly stop, with an error.
 */
@Singleton
final class Leadership {

    private volatile boolean isStopping;

    void stops(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownEvent event) {
        isStopping = true;
    }

    LeaderElectionConfiguration by(OperatorConfig.LeaderElection settings) {
        return new LeaderElectionConfiguration(
                settings.lease(),
                settings.namespace().orElse(null),
                LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
                LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
                LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
                null,
                new LeaderCallbacks(() -> {}, this::lost, leader -> {}),
                false);
    }

    private void lost() {
        if (!isStopping) {
            OperatorLog.LOG.leadershipLost();
            Runtime.getRuntime().halt(1);
        }
    }
}
