package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import java.time.Duration;
import java.util.Optional;

/** What a connector brings: its protocol, the rules of it, and its readiness to send. Called from any thread; must not block. */
public interface Route {

    Protocol protocol();

    /** Why this command cannot be followed by the protocol, for people; the command then fails as INVALID_METADATA. */
    Optional<String> refusal(Command command);

    /** Whether an eligible command can leave now, so that it is sent without being queued first. */
    boolean startsAtOnce();

    /** How long a record may wait to be read, so that many are read at once; not at all where a command can leave now. */
    default Duration patience() {
        return Duration.ZERO;
    }

    /**
     * A command of this device may go now. A route that pushes asks for a hand-out; one that answers uplinks waits for the
     * next. False when there is no room for it now: then {@link Delivery#offerMore} is called once there is.
     */
    boolean eligible(DeviceId device);
}
