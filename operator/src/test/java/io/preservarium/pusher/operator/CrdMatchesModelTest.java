package io.preservarium.pusher.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandSpec;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The CRD is the contract and written by hand; the Java model follows it field by field. */
class CrdMatchesModelTest {

    private final CustomResourceDefinition crd = Resources.YAML.unmarshal(
            Repository.text(Repository.k8s("crds/devicecommands.pusher.preservarium.io.yaml")),
            CustomResourceDefinition.class);
    private final CustomResourceDefinitionVersion version =
            crd.getSpec().getVersions().getFirst();
    private final Map<String, JSONSchemaProps> schema =
            version.getSchema().getOpenAPIV3Schema().getProperties();

    @Test
    void namesAreTheSame() {
        assertThat(crd.getMetadata().getName()).isEqualTo(DeviceCommand.getCRDName(DeviceCommand.class));
        assertThat(crd.getSpec().getGroup()).isEqualTo(DeviceCommand.GROUP);
        assertThat(version.getName()).isEqualTo(DeviceCommand.VERSION);
        assertThat(crd.getSpec().getNames().getKind()).isEqualTo(HasMetadata.getKind(DeviceCommand.class));
        assertThat(crd.getSpec().getNames().getPlural()).isEqualTo(HasMetadata.getPlural(DeviceCommand.class));
        assertThat(crd.getSpec().getNames().getShortNames()).containsExactly("dcmd");
        assertThat(crd.getSpec().getScope()).isEqualTo("Namespaced");
    }

    @Test
    void everyFieldHasItsComponent() {
        compare("spec", schema.get("spec"), DeviceCommandSpec.class);
        compare("status", schema.get("status"), DeviceCommandStatus.class);
    }

    @Test
    void choicesAreThoseOfTheVocabulary() {
        Map<String, JSONSchemaProps> command =
                schema.get("spec").getProperties().get("command").getProperties();
        assertThat(words(command.get("protocol")))
                .containsExactlyElementsOf(
                        Stream.of(Protocol.values()).map(Protocol::word).toList());
        assertThat(words(command.get("expect")))
                .containsExactlyElementsOf(
                        Stream.of(Expectation.values()).map(Expectation::word).toList());
        assertThat(words(schema.get("status").getProperties().get("state")))
                .containsExactlyElementsOf(
                        Stream.of(CommandState.values()).map(CommandState::word).toList());
    }

    @Test
    void everyFieldOfSpecIsExplained() {
        Map<String, JSONSchemaProps> spec = schema.get("spec").getProperties();
        spec.forEach(
                (name, field) -> assertThat(field.getDescription()).as(name).isNotBlank());
        spec.get("command").getProperties().forEach((name, field) -> assertThat(field.getDescription())
                .as(name)
                .isNotBlank());
    }

    @Test
    void selectorsAndColumnsAreThere() {
        assertThat(version.getSelectableFields())
                .extracting(field -> field.getJsonPath())
                .containsExactly(".spec.command.deviceId", ".status.state");
        assertThat(version.getAdditionalPrinterColumns())
                .filteredOn(column -> column.getPriority() == null)
                .extracting(column -> column.getName())
                .containsExactly("Device", "Command", "Protocol", "State", "Age");
    }

    private static List<String> words(JSONSchemaProps field) {
        return field.getEnum().stream().map(word -> word.asText()).toList();
    }

    private static void compare(String path, JSONSchemaProps schema, Class<?> model) {
        assertThat(model.isRecord()).as(path).isTrue();
        Map<String, RecordComponent> components = new TreeMap<>();
        Arrays.stream(model.getRecordComponents())
                .forEach(component -> components.put(name(model, component), component));
        assertThat(components.keySet())
                .as(path)
                .isEqualTo(new TreeSet<>(schema.getProperties().keySet()));
        schema.getProperties().forEach((name, field) -> {
            RecordComponent component = components.get(name);
            assertThat(type(component.getGenericType())).as(path + "." + name).isEqualTo(field.getType());
            if (field.getProperties() != null && !field.getProperties().isEmpty()) {
                compare(path + "." + name, field, component.getType());
            }
        });
    }

    private static String name(Class<?> model, RecordComponent component) {
        try {
            JsonProperty renamed = model.getDeclaredField(component.getName()).getAnnotation(JsonProperty.class);
            return renamed == null ? component.getName() : renamed.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String type(Type type) {
        Class<?> raw = type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
        if (raw == String.class) {
            return "string";
        }
        if (raw == Boolean.class || raw == boolean.class) {
            return "boolean";
        }
        if (raw == Long.class || raw == Integer.class || raw == int.class) {
            return "integer";
        }
        return List.class.isAssignableFrom(raw) ? "array" : "object";
    }
}
