package io.preservarium.pusher.operator.installation;

import io.preservarium.pusher.calls.ServiceClient;
import jakarta.inject.Singleton;
import java.time.Duration;

/** pusher-api at PUSHER_API_URL. */
@Singleton
public final class PusherApiClient implements PusherApi {

    private final OperatorConfig.StatusApiSettings settings;

    public PusherApiClient(OperatorConfig config) {
        this.settings = config.statusApi();
    }

    @Override
    public <T> T client(Class<T> calls, Duration within) {
        return ServiceClient.of(calls, settings.url(), settings.timeout(), within);
    }
}
