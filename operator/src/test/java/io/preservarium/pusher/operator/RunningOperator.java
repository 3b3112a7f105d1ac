package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** An operator as the service starts it, in this JVM, so that a test can stop it between any two steps. */
final class RunningOperator implements AutoCloseable {

    /** Held here, or the level would go with the logger. */
    private static final List<Logger> QUIET = Stream.of(
                    "io.javaoperatorsdk", "Default ConfigurationService implementation", "io.fabric8")
            .map(Logger::getLogger)
            .toList();

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
    }

    private final Operator operator;
    private final CommandPublisher publisher;
    private final DeviceCommandReconciler reconciler;
    final MeterRegistry meters = new SimpleMeterRegistry();

    private RunningOperator(
            KubernetesClient client,
            Map<String, String> settings,
            String bootstrap,
            BiFunction<KafkaSettings, OperatorConfig, CommandPublisher> publishing) {
        OperatorConfig config = Settings.with(settings);
        config.check();
        KafkaSettings kafka = new KafkaSettings(Map.of("bootstrap.servers", bootstrap));
        publisher = publishing.apply(kafka, config);
        reconciler = new DeviceCommandReconciler(config, client, publisher, kafka, meters, Clock.systemUTC());
        ConfigurationService framework = ConfigurationService.newOverriddenConfigurationService(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .checkingCRDAndValidateLocalModel(false)
                .withReconciliationTerminationTimeout(Duration.ofMillis(100)));
        operator = new Operator(framework);
        operator.register(
                reconciler, OperatorWiring.controller(framework.getConfigurationFor(reconciler), reconciler, config));
        operator.start();
    }

    static RunningOperator start(Map<String, String> settings, String bootstrap) {
        return new RunningOperator(TestCluster.asOperator(), settings, bootstrap, CommandPublisher::new);
    }

    static RunningOperator start(
            Map<String, String> settings,
            String bootstrap,
            BiFunction<KafkaSettings, OperatorConfig, CommandPublisher> publishing) {
        return new RunningOperator(TestCluster.asOperator(), settings, bootstrap, publishing);
    }

    @Override
    public void close() {
        operator.stop();
        reconciler.close();
        publisher.close();
    }
}
