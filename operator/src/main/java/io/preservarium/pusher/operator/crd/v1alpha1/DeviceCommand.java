package io.preservarium.pusher.operator.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells one device one thing, once. */
@JsonIgnoreProperties(ignoreUnknown = true)
@Group(DeviceCommand.GROUP)
@Version(DeviceCommand.VERSION)
@Kind("DeviceCommand")
@Plural("devicecommands")
@Singular("devicecommand")
@ShortNames("dcmd")
public final class DeviceCommand extends CustomResource<DeviceCommandSpec, DeviceCommandStatus> implements Namespaced {

    public static final String GROUP = "pusher.preservarium.io";
    public static final String VERSION = "v1alpha1";

    /** Nothing until it is read: what is applied to the API server carries only what was set. */
    @Override
    protected @Nullable DeviceCommandSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable DeviceCommandStatus initStatus() {
        return null;
    }

    /** What is wanted; the API server lets nothing without it pass. */
    public DeviceCommandSpec wanted() {
        return spec;
    }

    /** What was written about it so far. */
    public Optional<DeviceCommandStatus> written() {
        return Optional.ofNullable(status);
    }

    public String uid() {
        return getMetadata().getUid();
    }
}
