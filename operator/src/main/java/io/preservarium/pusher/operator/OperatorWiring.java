package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The parts of the framework as this operator wants them, and the settings checked before anything starts. */
final class OperatorWiring {

    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration FAILSAFE = Duration.ofHours(10);

    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }

    /** Instead of the extension's, which loses triggerReconcilerOnAllEvents (quarkus-operator-sdk 7.4.0). */
    @Produces
    @Singleton
    static Operator operator(
            QuarkusConfigurationService framework,
            Instance<Reconciler<? extends HasMetadata>> reconcilers,
            OperatorConfig config) {
        config.check();
        OperatorLog.serves(
                config.name(),
                config.uid(),
                config.namespaces().map(String::valueOf).orElse("every namespace"),
                config.leaderElection().enabled());
        Operator operator = new Operator(framework);
        for (Reconciler<? extends HasMetadata> reconciler : reconcilers) {
            register(operator, framework, reconciler, config);
        }
        return operator;
    }

    private static <R extends HasMetadata> void register(
            Operator operator, QuarkusConfigurationService framework, Reconciler<R> reconciler, OperatorConfig config) {
        QuarkusControllerConfiguration<R> plain = framework.getConfigurationFor(reconciler);
        operator.register(reconciler, new AsWanted<>(plain, controller(plain, reconciler, config), framework));
    }

    /** What the extension knows from build time with what is wanted on top. */
    private static final class AsWanted<R extends HasMetadata> extends QuarkusControllerConfiguration<R> {

        private final boolean triggerOnAllEvents;

        private AsWanted(
                QuarkusControllerConfiguration<R> plain,
                ControllerConfiguration<R> wanted,
                QuarkusConfigurationService framework) {
            super(
                    wanted.getInformerConfig(),
                    wanted.getName(),
                    wanted.isGenerationAware(),
                    plain.getAssociatedReconcilerClassName(),
                    wanted.getRetry(),
                    wanted.getRateLimiter(),
                    wanted.maxReconciliationInterval().orElse(FAILSAFE),
                    wanted.getFinalizerName(),
                    wanted.fieldManager(),
                    plain.getWorkflow(),
                    plain.getResourceTypeName(),
                    plain.getResourceClass());
            this.triggerOnAllEvents = wanted.triggerReconcilerOnAllEvents();
            setParent(framework);
        }

        @Override
        public boolean triggerReconcilerOnAllEvents() {
            return triggerOnAllEvents;
        }
    }

    /** Unexpected failures are tried again for ever, at most every half minute: a resource is never given up silently. */
    static <R extends HasMetadata> ControllerConfiguration<R> controller(
            ControllerConfiguration<R> plain, Reconciler<R> reconciler, OperatorConfig config) {
        ControllerConfigurationOverrider<R> wanted = ControllerConfigurationOverrider.override(plain)
                .withRetry(new GenericRetry()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setMaxInterval(LONGEST_RETRY.toMillis())
                        .withoutMaxAttempts())
                // A DeviceCommand keeps its finalizer only until its command is final, so it is managed by hand.
                .withTriggerReconcilerOnAllEvents(reconciler instanceof DeviceCommandReconciler);
        return config.namespaces()
                .filter(namespaces -> !namespaces.isEmpty())
                .map(wanted::settingNamespaces)
                .orElseGet(wanted::watchingAllNamespaces)
                .build();
    }

    /** One meter per controller, not per resource: there may be any number of commands. */
    @Produces
    @Singleton
    @Unremovable
    static Metrics metrics(MeterRegistry registry) {
        return MicrometerMetrics.withoutPerResourceMetrics(registry);
    }

    /** Absent when there is one replica only; the framework asks for a bean that may be null. */
    @Produces
    @Dependent
    @Unremovable
    static @Nullable LeaderElectionConfiguration leaderElection(OperatorConfig config, Leadership leadership) {
        return config.leaderElection().enabled() ? leadership.by(config.leaderElection()) : null;
    }
}
