package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.command.CommandPublisher;
import io.preservarium.pusher.operator.command.DeviceCommandReconciler;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.parser.ParserConfigMapReconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** One reconciler of the operator as the service runs it, in this JVM, so that a test can stop it between any two steps. */
public final class RunningOperator implements AutoCloseable {

    /** Held here, or the level would go with the logger. */
    private static final List<Logger> QUIET = Stream.of(
                    "io.javaoperatorsdk", "Default ConfigurationService implementation", "io.fabric8")
            .map(Logger::getLogger)
            .toList();

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
    }

    private final Operator operator;
    private final Runnable afterwards;
    public final MeterRegistry meters;

    private <R extends HasMetadata> RunningOperator(
            KubernetesClient client,
            Reconciler<R> reconciler,
            Optional<Set<String>> namespaces,
            MeterRegistry meters,
            Runnable afterwards) {
        this.meters = meters;
        this.afterwards = afterwards;
        ConfigurationService framework = ConfigurationService.newOverriddenConfigurationService(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .checkingCRDAndValidateLocalModel(false)
                .withReconciliationTerminationTimeout(Duration.ofMillis(100)));
        operator = new Operator(framework);
        operator.register(reconciler, OperatorWiring.controller(framework.getConfigurationFor(reconciler), namespaces));
        operator.start();
    }

    /** With the reconciler of DeviceCommands. */
    public static RunningOperator start(Map<String, String> settings, String bootstrap) {
        return start(settings, bootstrap, CommandPublisher::new);
    }

    public static RunningOperator start(
            Map<String, String> settings,
            String bootstrap,
            BiFunction<KafkaSettings, OperatorConfig, CommandPublisher> publishing) {
        OperatorConfig config = checked(settings);
        KubernetesClient client = TestCluster.asOperator(Set.of());
        MeterRegistry meters = new SimpleMeterRegistry();
        KafkaSettings kafka = KafkaSettings.of(Map.of("bootstrap.servers", bootstrap));
        CommandPublisher publisher = publishing.apply(kafka, config);
        DeviceCommandReconciler reconciler = new DeviceCommandReconciler(
                config, client, publisher, kafka, new PlainPusherApi(config.statusApi()), meters, Clock.systemUTC());
        return new RunningOperator(client, reconciler, config.namespaces(), meters, () -> {
            reconciler.close();
            publisher.close();
        });
    }

    /** With the reconciler of parser ConfigMaps. */
    public static RunningOperator startForScripts(Map<String, String> settings) {
        OperatorConfig config = checked(settings);
        KubernetesClient client =
                TestCluster.asOperator(config.parserScripts().namespaces().orElseThrow());
        MeterRegistry meters = new SimpleMeterRegistry();
        ParserConfigMapReconciler reconciler = new ParserConfigMapReconciler(
                config, client, new PlainPusherApi(config.statusApi()), meters, Clock.systemUTC());
        return new RunningOperator(client, reconciler, reconciler.namespaces().only(), meters, reconciler::close);
    }

    private static OperatorConfig checked(Map<String, String> settings) {
        OperatorConfig config = Settings.with(settings);
        config.check();
        return config;
    }

    @Override
    public void close() {
        operator.stop();
        afterwards.run();
    }
}
