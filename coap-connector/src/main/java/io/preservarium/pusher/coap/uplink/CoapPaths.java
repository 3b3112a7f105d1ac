package io.preservarium.pusher.coap.uplink;

import io.preservarium.pusher.coap.endpoint.CoapConfig;
import io.preservarium.pusher.delivery.Delivery;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.server.resources.Resource;

/** Which resource a path leads to. There is no resource but those of the settings. */
public final class CoapPaths {

    private final List<CoapUplinkResource> uplinks;
    private final CoapTimeResource time;

    /** @throws IllegalArgumentException naming the setting that is wrong */
    public CoapPaths(CoapConfig config, CoapDelivery delivered, Delivery delivery, Clock clock) {
        this.uplinks = config.uplinks().entrySet().stream()
                .map(path -> new CoapUplinkResource(path.getKey(), path.getValue(), delivered, delivery, clock))
                .toList();
        this.time = new CoapTimeResource(config.timePath(), clock);
    }

    /** What these segments lead to, if anything. */
    public Optional<Resource> resource(List<String> path) {
        if (time.matches(path)) {
            return Optional.of(time);
        }
        for (CoapUplinkResource uplink : uplinks) {
            if (uplink.matches(path)) {
                return Optional.of(uplink);
            }
        }
        return Optional.empty();
    }
}
