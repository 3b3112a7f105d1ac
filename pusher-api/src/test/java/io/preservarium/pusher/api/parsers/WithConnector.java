package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.TestKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/** The service beside a broker that has the topics, and a connector that checks scripts. */
public class WithConnector implements QuarkusTestResourceLifecycleManager {

    private final TestKafka kafka = new TestKafka();
    private final FakeConnector connector = new FakeConnector();

    @Override
    public Map<String, String> start() {
        kafka.start();
        kafka.createTopics();
        Map<String, String> settings = new HashMap<>(kafka.settings("4s"));
        settings.put("pusher.api.connector-urls", "http://127.0.0.1:1," + connector.url());
        settings.put("pusher.api.internal-token", FakeConnector.TOKEN);
        return settings;
    }

    @Override
    public void stop() {
        connector.stop();
        kafka.stop();
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(kafka, new TestInjector.MatchesType(TestKafka.class));
        injector.injectIntoFields(connector, new TestInjector.MatchesType(FakeConnector.class));
    }
}
