package io.preservarium.pusher.operator;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The service as it is wired, from its settings to its health, with leader election. */
@ExtendWith(TestCluster.Needed.class)
@QuarkusTest
@QuarkusTestResource(value = OperatorStartIT.Surroundings.class, restrictToAnnotatedClass = true)
class OperatorStartIT {

    @Test
    void theLeaderPublishesAndIsHealthy() {
        KubernetesClient client = TestCluster.client();
        String namespace = ConfigProvider.getConfig().getValue("pusher.operator.namespaces", String.class);
        DeviceCommand created = client.resource(Resources.YAML.unmarshal("""
                        apiVersion: pusher.preservarium.io/v1alpha1
                        kind: DeviceCommand
                        metadata: {name: wired, namespace: %s}
                        spec: {command: {deviceId: d, commandType: c, protocol: coap, payload: {}}}
                        """.formatted(namespace), DeviceCommand.class))
                .create();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> client.resource(created)
                    .get()
                    .written()
                    .filter(status -> status.acceptedAt() != null)
                    .isPresent());
            assertThat(client.leases()
                            .inNamespace(namespace)
                            .withName("test-lease")
                            .get())
                    .isNotNull();
            given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
            given().get("/q/health/live").then().statusCode(200);
            given().get("/q/metrics")
                    .then()
                    .statusCode(200)
                    .body(containsString("pusher_operator_accept_seconds_count{protocol=\"coap\"} 1"))
                    .body(containsString("operator_sdk_"));
        } finally {
            client.resource(created)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        }
    }

    /** Kafka in this process, and the cluster. */
    public static class Surroundings implements QuarkusTestResourceLifecycleManager {

        private final TestKafka kafka = new TestKafka();
        private String namespace = "";

        @Override
        public Map<String, String> start() {
            kafka.start();
            namespace = TestCluster.namespace("wired");
            var cluster = TestCluster.client().getConfiguration();
            return Map.of(
                    "kafka.bootstrap.servers",
                    kafka.bootstrap(),
                    "pusher.operator.namespaces",
                    namespace,
                    "pusher.operator.leader-election.enabled",
                    "true",
                    "pusher.operator.leader-election.lease",
                    "test-lease",
                    "pusher.operator.leader-election.namespace",
                    namespace,
                    "quarkus.kubernetes-client.api-server-url",
                    cluster.getMasterUrl(),
                    "quarkus.kubernetes-client.ca-cert-data",
                    cluster.getCaCertData(),
                    "quarkus.kubernetes-client.client-cert-data",
                    cluster.getClientCertData(),
                    "quarkus.kubernetes-client.client-key-data",
                    cluster.getClientKeyData());
        }

        @Override
        public void stop() {
            kafka.stop();
            TestCluster.client().namespaces().withName(namespace).delete();
        }
    }
}
