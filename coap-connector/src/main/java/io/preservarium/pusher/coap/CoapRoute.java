package io.preservarium.pusher.coap;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.delivery.Route;
import java.time.Duration;
import java.util.Optional;

/** What a command by CoAP may ask for: to wait for the device's next confirmable uplink and to go in its answer. */
final class CoapRoute implements Route {

    @Override
    public Protocol protocol() {
        return Protocol.COAP;
    }

    @Override
    public Optional<String> refusal(Command command) {
        return modeRefusal(command)
                .or(() -> typed(command, "path", String.class, "a string"))
                .or(() -> typed(command, "confirmable", Boolean.class, "true or false"))
                .or(() -> expectRefusal(command));
    }

    private static Optional<String> modeRefusal(Command command) {
        return metadata(command, "mode")
                .flatMap(value -> value instanceof String mode
                        ? modeRefusal(mode)
                        : Optional.of("metadata.mode must be a string"));
    }

    private static Optional<String> modeRefusal(String mode) {
        return switch (mode) {
            case "piggyback" -> Optional.empty();
            case "separate", "observe", "push" ->
                Optional.of(
                        "metadata.mode \"" + mode + "\" is not offered by this version, which answers a device's own"
                                + " uplinks only: use \"piggyback\" or leave it out");
            default -> Optional.of("metadata.mode must be \"piggyback\" but was \"" + shortened(mode) + "\"");
        };
    }

    /** Options of the modes that push; here the device chose the resource and the type of message already. */
    private static Optional<String> typed(Command command, String key, Class<?> type, String typeInWords) {
        return metadata(command, key)
                .filter(value -> !type.isInstance(value))
                .map(value -> "metadata." + key + " must be " + typeInWords);
    }

    private static Optional<String> expectRefusal(Command command) {
        return switch (command.expect()) {
            case SENT -> Optional.empty();
            case DELIVERED ->
                Optional.of("expect \"delivered\" cannot be observed when a command goes in the answer to an uplink,"
                        + " because CoAP does not confirm answers: use \"sent\"");
            case SUCCEEDED ->
                Optional.of(
                        "expect \"succeeded\" needs the device's reply, which comes with a later version: use \"sent\"");
        };
    }

    private static Optional<Object> metadata(Command command, String key) {
        return Optional.ofNullable(command.metadata().get(key)).filter(value -> value != JsonNull.NULL);
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /** Never: a command waits for the device to speak. */
    @Override
    public boolean startsAtOnce() {
        return false;
    }

    /** Devices sleep for minutes. */
    @Override
    public Duration patience() {
        return Duration.ofMillis(50);
    }

    /** Nothing to do: the device's next uplink fetches it. */
    @Override
    public boolean eligible(DeviceId device) {
        return true;
    }
}
