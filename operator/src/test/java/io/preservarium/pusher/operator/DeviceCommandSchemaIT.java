package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real API server refuses, and how it says so. */
@ExtendWith(TestCluster.Needed.class)
class DeviceCommandSchemaIT {

    private static KubernetesClient client;
    private static String namespace;

    @BeforeAll
    static void open() {
        client = TestCluster.client();
        namespace = TestCluster.namespace("schema");
    }

    @AfterAll
    static void close() {
        client.namespaces().withName(namespace).delete();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no deviceId              | commandType: c, protocol: coap, payload: {}                                   | spec.command.deviceId: Required value
            empty deviceId           | deviceId: '', commandType: c, protocol: coap, payload: {}                     | spec.command.deviceId in body should be at least 1 chars long
            control character        | deviceId: "a\\tb", commandType: c, protocol: coap, payload: {}                | spec.command.deviceId must have no control characters
            C1 control character     | deviceId: "a\\x85b", commandType: c, protocol: coap, payload: {}              | spec.command.deviceId must have no control characters
            no commandType           | deviceId: d, protocol: coap, payload: {}                                      | spec.command.commandType: Required value
            no protocol              | deviceId: d, commandType: c, payload: {}                                      | spec.command.protocol: Required value
            unknown protocol         | deviceId: d, commandType: c, protocol: lora, payload: {}                      | spec.command.protocol: Unsupported value: "lora": supported values: "coap", "mqtt"
            no payload               | deviceId: d, commandType: c, protocol: coap                                   | spec.command.payload: Required value
            payload is a list        | deviceId: d, commandType: c, protocol: coap, payload: []                      | spec.command.payload in body must be of type object
            path as parserScriptRef  | deviceId: d, commandType: c, protocol: coap, payload: {}, parserScriptRef: a/b.py  | spec.command.parserScriptRef must be a flat file name
            other language           | deviceId: d, commandType: c, protocol: coap, payload: {}, parserScriptRef: a.rb    | spec.command.parserScriptRef must be a flat file name
            short digest             | deviceId: d, commandType: c, protocol: coap, payload: {}, parserScriptSha256: abc  | spec.command.parserScriptSha256 must be 64 lower-case hex digits
            two expiries             | deviceId: d, commandType: c, protocol: coap, payload: {}, expiresAt: "2030-01-01T00:00:00Z", expiresAfter: 1h | spec.command.expiresAt and spec.command.expiresAfter exclude each other
            not a time               | deviceId: d, commandType: c, protocol: coap, payload: {}, expiresAt: tomorrow  | spec.command.expiresAt in body must be of type date-time
            not a duration           | deviceId: d, commandType: c, protocol: coap, payload: {}, expiresAfter: 5 minutes  | spec.command.expiresAfter must be a duration such as
            no duration              | deviceId: d, commandType: c, protocol: coap, payload: {}, expiresAfter: 0s    | spec.command.expiresAfter must be a duration such as
            too early to be late     | deviceId: d, commandType: c, protocol: coap, payload: {}, notBefore: "2031-01-01T00:00:00Z", expiresAt: "2030-01-01T00:00:00Z" | spec.command.notBefore must be earlier than spec.command.expiresAt
            unknown expectation      | deviceId: d, commandType: c, protocol: coap, payload: {}, expect: reply       | spec.command.expect: Unsupported value: "reply"
            """)
    void isRefused(String what, String command, String message) {
        assertThatThrownBy(() -> create("refused", "{" + command + "}", ""))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aDeviceIdOf257CharactersIsRefused() {
        create("longest", "{deviceId: " + "d".repeat(256) + ", commandType: c, protocol: coap, payload: {}}", "");
        assertThatThrownBy(() -> create(
                        "refused",
                        "{deviceId: " + "d".repeat(257) + ", commandType: c, protocol: coap, payload: {}}",
                        ""))
                .hasMessageContaining("spec.command.deviceId: Too long: may not be more than 256");
    }

    @Test
    void aResourceWithoutACommandIsRefused() {
        assertThatThrownBy(() -> send("""
                        apiVersion: pusher.preservarium.io/v1alpha1
                        kind: DeviceCommand
                        metadata: {name: empty}
                        spec: {}
                        """)).hasMessageContaining("spec.command: Required value");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            changed value            | [{"op": "replace", "path": "/spec/command/payload/state", "value": "off"}]
            changed number           | [{"op": "replace", "path": "/spec/command/payload/nested/a/b", "value": 2}]
            renamed key              | [{"op": "move", "from": "/spec/command/payload/state", "path": "/spec/command/payload/status"}]
            nested rename            | [{"op": "move", "from": "/spec/command/payload/nested/a", "path": "/spec/command/payload/nested/z"}]
            deeper rename            | [{"op": "move", "from": "/spec/command/payload/nested/a/b", "path": "/spec/command/payload/nested/a/c"}]
            rename inside a list     | [{"op": "move", "from": "/spec/command/payload/list/0/x", "path": "/spec/command/payload/list/0/y"}]
            added key                | [{"op": "add", "path": "/spec/command/payload/more", "value": 1}]
            added nested key         | [{"op": "add", "path": "/spec/command/payload/nested/more", "value": 1}]
            removed key              | [{"op": "remove", "path": "/spec/command/payload/state"}]
            added metadata           | [{"op": "add", "path": "/spec/command/metadata", "value": {"topic": "t"}}]
            added optional field     | [{"op": "add", "path": "/spec/command/collapseKey", "value": "k"}]
            other device             | [{"op": "replace", "path": "/spec/command/deviceId", "value": "other"}]
            other expectation        | [{"op": "replace", "path": "/spec/command/expect", "value": "delivered"}]
            """)
    void everyEditOfTheCommandIsRefused(String what, String edit) {
        Resource<DeviceCommand> resource = existing();
        assertThatThrownBy(() -> resource.patch(PatchContext.of(PatchType.JSON), edit))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.command: Invalid value")
                .hasMessageContaining("spec.command is immutable");
    }

    @Test
    void cancellingIsAllowedAndCannotBeTakenBack() {
        Resource<DeviceCommand> resource = client.resource(
                create("cancelled", "{deviceId: d, commandType: c, protocol: coap, payload: {}}", ", cancel: true"));
        for (String edit : new String[] {
            "[{\"op\": \"replace\", \"path\": \"/spec/cancel\", \"value\": false}]",
            "[{\"op\": \"remove\", \"path\": \"/spec/cancel\"}]"
        }) {
            assertThatThrownBy(() -> resource.patch(PatchContext.of(PatchType.JSON), edit))
                    .hasMessageContaining("spec.cancel cannot be taken back");
        }
    }

    @Test
    void theTimeToLiveMayBeEdited() {
        DeviceCommand edited = existing()
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\": \"add\", \"path\": \"/spec/ttlSecondsAfterFinished\", \"value\": 60}]");
        assertThat(edited.wanted().ttlSecondsAfterFinished()).isEqualTo(60);
    }

    @Test
    void defaultsAreFilledIn() {
        DeviceCommand plain = create("plain", "{deviceId: d, commandType: c, protocol: coap, payload: {}}", "");
        assertThat(plain.wanted().command().expect()).isEqualTo("sent");
        assertThat(plain.wanted().cancel()).isFalse();
    }

    @Test
    void sixtyFourBitIntegersSurviveTheApiServer() {
        DeviceCommand resource = create(
                "numbers",
                "{deviceId: d, commandType: c, protocol: coap, payload: {max: 9223372036854775807, min: -9223372036854775808, half: 0.5}}",
                "");
        assertThat(resource.wanted().command().payload())
                .containsEntry("max", Long.MAX_VALUE)
                .containsEntry("min", Long.MIN_VALUE)
                .containsEntry("half", 0.5);
    }

    @Test
    void fieldSelectorsFindADevicesCommands() {
        create("selected", "{deviceId: select-me, commandType: c, protocol: coap, payload: {}}", "");
        assertThat(client.resources(DeviceCommand.class)
                        .inNamespace(namespace)
                        .withField("spec.command.deviceId", "select-me")
                        .list()
                        .getItems())
                .extracting(found -> found.getMetadata().getName())
                .containsExactly("selected");
    }

    @Test
    void kubectlShowsAndExplains() {
        assumeThat(TestCluster.hasKubectl()).isTrue();
        create("shown", "{deviceId: d, commandType: c, protocol: coap, payload: {}}", "");
        assertThat(TestCluster.kubectl("get", "dcmd", "shown", "-n", namespace))
                .contains("NAME", "DEVICE", "COMMAND", "PROTOCOL", "STATE", "AGE");
        assertThat(TestCluster.kubectl("explain", "devicecommand.spec.command.payload"))
                .contains("kubectl rounds them");
    }

    @Test
    void theExamplesAreAccepted() {
        for (String example : new String[] {"devicecommand-efento.yaml", "devicecommand-mqtt.yaml"}) {
            send(Repository.text(Repository.k8s("examples/" + example)));
        }
    }

    private static Resource<DeviceCommand> existing() {
        DeviceCommand resource = create(
                "edited-",
                "{deviceId: d, commandType: c, protocol: mqtt, payload: {state: 'on', nested: {a: {b: 1}}, list: [{x: 1}]}}",
                "");
        return client.resource(resource);
    }

    private static DeviceCommand create(String name, String command, String more) {
        String named = name.endsWith("-") ? "generateName: " + name : "name: " + name;
        GenericKubernetesResource created = send("""
                apiVersion: pusher.preservarium.io/v1alpha1
                kind: DeviceCommand
                metadata: {%s}
                spec: {command: %s%s}
                """.formatted(named, command, more));
        return client.resources(DeviceCommand.class)
                .inNamespace(namespace)
                .withName(created.getMetadata().getName())
                .get();
    }

    /** As it is written, whether our model could hold it or not. */
    private static GenericKubernetesResource send(String yaml) {
        return client.genericKubernetesResources(ResourceDefinitionContext.fromResourceType(DeviceCommand.class))
                .inNamespace(namespace)
                .resource(client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class))
                .create();
    }
}
