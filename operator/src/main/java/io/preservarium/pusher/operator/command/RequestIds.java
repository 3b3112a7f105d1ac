package io.preservarium.pusher.operator.command;

import com.github.f4b6a3.uuid.UuidCreator;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.util.Optional;
import java.util.UUID;

/**
 * The id of a resource's command: {@code metadata.uid}, or with an idempotency key the UUIDv5 (RFC 9562 section 5.5) of
 * {@code <namespace>/<key>} in the name space of the installation, which survives deletion and re-creation.
 */
final class RequestIds {

    private final UUID installation;

    RequestIds(UUID installation) {
        this.installation = installation;
    }

    RequestId of(DeviceCommand resource) {
        return Optional.ofNullable(resource.wanted().command().idempotencyKey())
                .map(key -> UuidCreator.getNameBasedSha1(
                                installation, resource.getMetadata().getNamespace() + "/" + key)
                        .toString())
                .map(RequestId::new)
                .orElseGet(() -> new RequestId(resource.uid()));
    }
}
