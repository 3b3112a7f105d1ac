package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import java.util.Optional;
import java.util.function.Consumer;

/** A CoAP route that refuses nothing. */
public record TestRoute(boolean startsAtOnce, Consumer<DeviceId> asked) implements Route {

    /** Answers uplinks only. */
    public static TestRoute answering() {
        return new TestRoute(false, device -> {});
    }

    /** Names each device that may be pushed to. */
    public static TestRoute pushing(Consumer<DeviceId> asked) {
        return new TestRoute(true, asked);
    }

    @Override
    public Protocol protocol() {
        return Protocol.COAP;
    }

    @Override
    public Optional<String> refusal(Command command) {
        return Optional.empty();
    }

    @Override
    public boolean eligible(DeviceId device) {
        asked.accept(device);
        return true;
    }
}
