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
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.command.DeviceCommandReconciler;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.OperatorLog;
import io.preservarium.pusher.operator.parser.ParserConfigMapReconciler;
import io.preservarium.pusher.operator.parser.ParserConfigMaps;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
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

    /** {@code kafka.*}, so KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL and the like reach every Kafka client. */
    @Produces
    @Singleton
    static KafkaSettings kafka(Config config) {
        return KafkaSettings.of(name -> config.getOptionalValue("kafka." + name, String.class));
    }

    /** Instead of the extension's, which loses triggerReconcilerOnAllEvents (quarkus-operator-sdk 7.4.0). */
    @Produces
    @Singleton
    static Operator operator(
            QuarkusConfigurationService framework,
            DeviceCommandReconciler commands,
            ParserConfigMapReconciler scripts,
            OperatorConfig config) {
        config.check();
        OperatorLog.LOG.serves(
                config.name(),
                config.uid(),
                config.namespaces().map(String::valueOf).orElse("every namespace"),
                config.leaderElection().enabled());
        Operator operator = new Operator(framework);
        register(operator, framework, commands, config.namespaces());
        if (config.parserScripts().token().isPresent()) {
            OperatorLog.LOG.takesScripts(
                    ParserConfigMaps.LABEL, scripts.namespaces().toString());
            register(operator, framework, scripts, scripts.namespaces().only());
        } else {
            OperatorLog.LOG.takesNoScripts();
        }
        return operator;
    }

    private static <R extends HasMetadata> void register(
            Operator operator,
            QuarkusConfigurationService framework,
            Reconciler<R> reconciler,
            Optional<Set<String>> namespaces) {
        QuarkusControllerConfiguration<R> plain = framework.getConfigurationFor(reconciler);
        operator.register(reconciler, new OverriddenConfiguration<>(plain, controller(plain, namespaces), framework));
    }

    /** What the extension knows from build time with what is wanted on top. */
    private static final class OverriddenConfiguration<R extends HasMetadata>
            extends QuarkusControllerConfiguration<R> {

        private final boolean triggerOnAllEvents;

        private OverriddenConfiguration(
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

    /**
     * In these namespaces, or in all if there are none. Unexpected failures are tried again for ever, at most every half
     * minute: a resource is never given up silently.
     */
    static <R extends HasMetadata> ControllerConfiguration<R> controller(
            ControllerConfiguration<R> plain, Optional<Set<String>> namespaces) {
        ControllerConfigurationOverrider<R> wanted = ControllerConfigurationOverrider.override(plain)
                .withRetry(new GenericRetry()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setMaxInterval(LONGEST_RETRY.toMillis())
                        .withoutMaxAttempts())
                // Each finalizer is there only while it is needed, so the reconcilers manage it by hand.
                .withTriggerReconcilerOnAllEvents(true);
        return namespaces
                .filter(names -> !names.isEmpty())
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
