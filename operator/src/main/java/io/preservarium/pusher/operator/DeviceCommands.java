package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The API server's side of a resource, changed by server-side apply. Every change names the uid, so a namesake that was
 * created meanwhile is never touched; empty means that the resource is gone.
 */
final class DeviceCommands {

    static final String FINALIZER = DeviceCommand.GROUP + "/command";
    static final String FIELD_MANAGER = "preservarium-pusher-operator";

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(FIELD_MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;

    DeviceCommands(KubernetesClient client) {
        this.client = client;
    }

    Optional<DeviceCommand> addFinalizer(DeviceCommand resource) {
        return change(() -> apply(resource, List.of(FINALIZER)).patch(APPLY));
    }

    Optional<DeviceCommand> removeFinalizer(DeviceCommand resource) {
        return change(() -> apply(resource, List.of()).patch(APPLY));
    }

    Optional<DeviceCommand> writeStatus(DeviceCommand resource, DeviceCommandStatus status) {
        return change(() -> {
            DeviceCommand change = named(resource, List.of());
            change.setStatus(status);
            return client.resource(change).subresource("status").patch(APPLY);
        });
    }

    void delete(DeviceCommand resource) {
        change(() -> {
            client.resource(resource)
                    .lockResourceVersion(resource.getMetadata().getResourceVersion())
                    .delete();
            return resource;
        });
    }

    private Resource<DeviceCommand> apply(DeviceCommand resource, List<String> finalizers) {
        return client.resource(named(resource, finalizers));
    }

    private static DeviceCommand named(DeviceCommand resource, List<String> finalizers) {
        DeviceCommand change = new DeviceCommand();
        change.setMetadata(new ObjectMetaBuilder()
                .withNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .withUid(resource.uid())
                .withFinalizers(finalizers)
                .build());
        return change;
    }

    private static Optional<DeviceCommand> change(Supplier<DeviceCommand> call) {
        try {
            return Optional.of(call.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
