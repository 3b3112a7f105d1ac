package io.preservarium.pusher.operator.installation;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Supplier;

/** How this operator changes resources: by server-side apply under one name, which owns what it sets. */
public final class ServerSideApply {

    public static final String FIELD_MANAGER = "preservarium-pusher-operator";

    public static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(FIELD_MANAGER)
            .withForce(true)
            .build();

    private ServerSideApply() {}

    /** Empty when the resource is gone, or a namesake of another uid stands in its place. */
    public static <R> Optional<R> unlessGone(Supplier<R> change) {
        try {
            return Optional.of(change.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
