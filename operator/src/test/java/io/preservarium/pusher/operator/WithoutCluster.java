package io.preservarium.pusher.operator;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** The operator's application around the REST client, with no cluster to reconcile. */
public final class WithoutCluster implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("quarkus.operator-sdk.start-operator", "false");
    }
}
