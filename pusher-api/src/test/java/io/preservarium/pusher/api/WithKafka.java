package io.preservarium.pusher.api;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The service beside a broker that has the topics. */
public class WithKafka implements QuarkusTestResourceLifecycleManager {

    private final TestKafka kafka = new TestKafka();

    @Override
    public Map<String, String> start() {
        kafka.start();
        kafka.createTopics();
        return kafka.settings("4s");
    }

    @Override
    public void stop() {
        kafka.stop();
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(kafka, new TestInjector.MatchesType(TestKafka.class));
    }
}
