package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.delivery.Route;
import java.util.Optional;
import java.util.function.Consumer;

/** A CoAP route that refuses nothing. */
record TestRoute(boolean startsAtOnce, Consumer<DeviceId> asked) implements Route {

    /** Answers uplinks only. */
    static TestRoute answering() {
        return new TestRoute(false, device -> {});
    }

    /** Names each device that may be pushed to. */
    static TestRoute pushing(Consumer<DeviceId> asked) {
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
