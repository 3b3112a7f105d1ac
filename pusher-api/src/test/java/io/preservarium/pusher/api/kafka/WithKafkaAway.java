package io.preservarium.pusher.api.kafka;

import io.preservarium.pusher.api.TestKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The service beside a broker that is not started yet. */
public class WithKafkaAway implements QuarkusTestResourceLifecycleManager {

    private final TestKafka kafka = new TestKafka();

    @Override
    public Map<String, String> start() {
        return kafka.settings("2s");
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
