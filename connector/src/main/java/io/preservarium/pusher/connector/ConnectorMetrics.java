package io.preservarium.pusher.connector;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.preservarium.pusher.delivery.Route;
import jakarta.inject.Singleton;

/** What every connector shows of itself. */
@Singleton
public class ConnectorMetrics implements MeterBinder {

    private final ConnectorLifecycle lifecycle;
    private final OpenWork openWork;
    private final String protocol;

    public ConnectorMetrics(ConnectorLifecycle lifecycle, ProtocolConnector connector, Route route) {
        this.lifecycle = lifecycle;
        this.openWork = connector.openWork();
        this.protocol = route.protocol().word();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder(
                        "pusher.connector.ready",
                        () -> lifecycle.notReadyBecause().isEmpty() ? 1 : 0)
                .description("1 when commands are delivered")
                .tag("protocol", protocol)
                .register(registry);
        Gauge.builder("pusher.connector.open", openWork::count)
                .description("What was taken on and is not finished: uplinks without answer, commands without outcome")
                .tag("protocol", protocol)
                .register(registry);
    }
}
