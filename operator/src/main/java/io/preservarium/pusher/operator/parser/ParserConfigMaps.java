package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.installation.ServerSideApply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The API server's side of a ConfigMap. Only our annotation and our finalizer are written, by server-side apply and with
 * the uid, so a namesake that was created meanwhile is never touched; empty means that the ConfigMap is gone.
 */
public final class ParserConfigMaps {

    public static final String LABEL = DeviceCommand.GROUP + "/parser-script";
    public static final String SELECTOR = LABEL + "=true";
    public static final String STATUS = DeviceCommand.GROUP + "/parser-status";
    public static final String FINALIZER = DeviceCommand.GROUP + "/parser-script";

    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(ServerSideApply.FIELD_MANAGER)
            .build();
    private static final long PAGE = 100;

    private final KubernetesClient client;

    ParserConfigMaps(KubernetesClient client) {
        this.client = client;
    }

    /** As the API server has it now; empty only if it says that there is none. */
    Optional<ConfigMap> read(ParserOwner owner) {
        return Optional.ofNullable(client.configMaps()
                .inNamespace(owner.namespace())
                .withName(owner.name())
                .get());
    }

    static boolean isLabelled(ConfigMap configMap) {
        return "true".equals(labels(configMap).get(LABEL));
    }

    public static Optional<String> annotation(ConfigMap configMap) {
        return Optional.ofNullable(annotations(configMap).get(STATUS));
    }

    private static Map<String, String> labels(HasMetadata resource) {
        return Optional.ofNullable(resource.getMetadata().getLabels()).orElse(Map.of());
    }

    private static Map<String, String> annotations(HasMetadata resource) {
        return Optional.ofNullable(resource.getMetadata().getAnnotations()).orElse(Map.of());
    }

    /** From now on this is all that is ours there. */
    Optional<ConfigMap> mark(ConfigMap configMap, Optional<String> annotation, boolean finalizer) {
        ConfigMap change = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(configMap.getMetadata().getNamespace())
                .withName(configMap.getMetadata().getName())
                .withUid(configMap.getMetadata().getUid())
                .withAnnotations(annotation.map(text -> Map.of(STATUS, text)).orElse(Map.of()))
                .withFinalizers(finalizer ? List.of(FINALIZER) : List.of())
                .endMetadata()
                .build();
        return ServerSideApply.unlessGone(() -> client.resource(change).patch(ServerSideApply.APPLY))
                .flatMap(changed -> isMarkedBeyond(changed, annotation, finalizer)
                        ? takeOff(changed, annotation, finalizer)
                        : Optional.of(changed));
    }

    private static boolean isMarkedBeyond(ConfigMap configMap, Optional<String> annotation, boolean finalizer) {
        return (!finalizer && configMap.hasFinalizer(FINALIZER))
                || (annotation.isEmpty() && annotation(configMap).isPresent());
    }

    /** Somebody applied a copy with our marks and owns them too, so that letting go of them does not remove them. */
    private Optional<ConfigMap> takeOff(ConfigMap configMap, Optional<String> annotation, boolean finalizer) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("uid", configMap.getMetadata().getUid());
        metadata.put("resourceVersion", configMap.getMetadata().getResourceVersion());
        if (!finalizer) {
            List<String> others = new ArrayList<>(configMap.getFinalizers());
            others.remove(FINALIZER);
            metadata.put("finalizers", others);
        }
        if (annotation.isEmpty()) {
            metadata.put("annotations", Collections.singletonMap(STATUS, null));
        }
        String patch = client.getKubernetesSerialization().asJson(Map.of("metadata", metadata));
        return ServerSideApply.unlessGone(() -> client.resource(configMap).patch(MERGE, patch));
    }

    /** ConfigMaps without the label that still have marks of ours: they lost it while nobody watched. */
    List<ParserOwner> unlabelled(ParserNamespaces namespaces) {
        return namespaces
                .only()
                .map(names -> names.stream()
                        .flatMap(name ->
                                unlabelled(options -> client.configMaps()
                                                .inNamespace(name)
                                                .list(options))
                                        .stream())
                        .toList())
                .orElseGet(() -> unlabelled(
                        options -> client.configMaps().inAnyNamespace().list(options)));
    }

    private interface Pages {
        ConfigMapList page(ListOptions options);
    }

    private static List<ParserOwner> unlabelled(Pages pages) {
        List<ParserOwner> unlabelled = new ArrayList<>();
        Optional<String> next = Optional.of("");
        while (next.isPresent()) {
            ListOptionsBuilder options =
                    new ListOptionsBuilder().withLabelSelector(LABEL + "!=true").withLimit(PAGE);
            next.filter(token -> !token.isEmpty()).ifPresent(options::withContinue);
            ConfigMapList page = pages.page(options.build());
            page.getItems().stream()
                    .filter(found -> isMarkedBeyond(found, Optional.empty(), false))
                    .map(ParserOwner::of)
                    .forEach(unlabelled::add);
            next = Optional.ofNullable(page.getMetadata().getContinue()).filter(token -> !token.isEmpty());
        }
        return unlabelled;
    }
}
