package io.preservarium.pusher.operator.installation;

import java.time.Duration;

/** Makes the clients that ask pusher-api. */
public interface PusherApi {

    /**
     * @param calls an interface of pusher-api
     * @param within how long one answer may take
     */
    <T> T client(Class<T> calls, Duration within);
}
