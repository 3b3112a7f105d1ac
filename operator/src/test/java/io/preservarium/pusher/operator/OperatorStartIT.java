package io.preservarium.pusher.operator;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.parser.ParserConfigMaps;
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

    private final Operator operator;

    OperatorStartIT(Operator operator) {
        this.operator = operator;
    }

    @Test
    void theScriptReconcilerSeesLabelledConfigMapsOfItsNamespacesOnly() {
        String namespace =
                ConfigProvider.getConfig().getValue("pusher.operator.parser-scripts.namespaces", String.class);
        ControllerConfiguration<?> watched = operator.getRegisteredController("parser-config-map")
                .orElseThrow()
                .getConfiguration();
        assertThat(watched.getInformerConfig().getLabelSelector()).isEqualTo(ParserConfigMaps.SELECTOR);
        assertThat(watched.getInformerConfig().getNamespaces()).containsExactly(namespace);
        assertThat(watched.triggerReconcilerOnAllEvents()).isTrue();

        KubernetesClient client = TestCluster.client();
        ConfigMap created = client.resource(Resources.YAML.unmarshal("""
                        apiVersion: v1
                        kind: ConfigMap
                        metadata:
                          name: wired
                          namespace: %s
                          labels: {pusher.preservarium.io/parser-script: "true"}
                        data: {wired.py: good}
                        """.formatted(namespace), ConfigMap.class))
                .create();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> ParserConfigMaps.annotation(
                            client.resource(created).get())
                    .filter(text -> text.startsWith("{\"state\":\"live\""))
                    .isPresent());
            given().get("/q/metrics")
                    .then()
                    .statusCode(200)
                    .body(containsString("pusher_operator_parser_scripts_total{outcome=\"live\"} 1"));
        } finally {
            client.resource(created)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        }
    }

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

    /** Kafka and pusher-api in this process, and the cluster. */
    public static class Surroundings implements QuarkusTestResourceLifecycleManager {

        private final TestKafka kafka = new TestKafka();
        private final FakeParserApi api = new FakeParserApi();
        private String namespace = "";

        @Override
        public Map<String, String> start() {
            kafka.start();
            namespace = TestCluster.namespace("wired");
            var cluster = TestCluster.client().getConfiguration();
            return Map.ofEntries(
                    Map.entry("kafka.bootstrap.servers", kafka.bootstrap()),
                    Map.entry("pusher.operator.namespaces", namespace),
                    Map.entry("pusher.operator.leader-election.enabled", "true"),
                    Map.entry("pusher.operator.leader-election.lease", "test-lease"),
                    Map.entry("pusher.operator.leader-election.namespace", namespace),
                    Map.entry("quarkus.kubernetes-client.api-server-url", cluster.getMasterUrl()),
                    Map.entry("quarkus.kubernetes-client.ca-cert-data", cluster.getCaCertData()),
                    Map.entry("quarkus.kubernetes-client.client-cert-data", cluster.getClientCertData()),
                    Map.entry("quarkus.kubernetes-client.client-key-data", cluster.getClientKeyData()),
                    Map.entry("pusher.operator.status-api.url", api.url()),
                    Map.entry("pusher.operator.parser-scripts.token", FakeParserApi.TOKEN),
                    Map.entry("pusher.operator.parser-scripts.namespaces", namespace));
        }

        @Override
        public void stop() {
            kafka.stop();
            api.close();
            TestCluster.client().namespaces().withName(namespace).delete();
        }
    }
}
