package io.preservarium.pusher.operator.command;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import io.preservarium.pusher.operator.installation.ServerSideApply;
import java.util.List;
import java.util.Optional;

/**
 * The API server's side of a resource, changed by server-side apply. Every change names the uid, so a namesake that was
 * created meanwhile is never touched; empty means that the resource is gone.
 */
final class DeviceCommands {

    static final String FINALIZER = DeviceCommand.GROUP + "/command";

    private final KubernetesClient client;

    DeviceCommands(KubernetesClient client) {
        this.client = client;
    }

    Optional<DeviceCommand> addFinalizer(DeviceCommand resource) {
        return ServerSideApply.unlessGone(
                () -> apply(resource, List.of(FINALIZER)).patch(ServerSideApply.APPLY));
    }

    Optional<DeviceCommand> removeFinalizer(DeviceCommand resource) {
        return ServerSideApply.unlessGone(() -> apply(resource, List.of()).patch(ServerSideApply.APPLY));
    }

    Optional<DeviceCommand> writeStatus(DeviceCommand resource, DeviceCommandStatus status) {
        return ServerSideApply.unlessGone(() -> {
            DeviceCommand change = named(resource, List.of());
            change.setStatus(status);
            return client.resource(change).subresource("status").patch(ServerSideApply.APPLY);
        });
    }

    void delete(DeviceCommand resource) {
        ServerSideApply.unlessGone(() -> {
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
}
