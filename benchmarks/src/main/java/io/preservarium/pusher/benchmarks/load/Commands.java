package io.preservarium.pusher.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Commands as any producer may write them to Kafka or post them: number {@code n} of a run goes to device {@code n}
 * modulo the number of devices, under the id {@code <run>-<n>}. Devices are named after the run that first told them something.
 */
public record Commands(
        String run, Kind kind, String script, String deviceRun, int devices, int count, Optional<Instant> notBefore) {

    /** How they travel; what a device's id starts with. */
    public enum Kind {
        COAP,
        MQTT
    }

    public Commands {
        if (devices < 1 || count < 1) {
            throw new IllegalArgumentException("there must be at least one command and one device");
        }
    }

    public static Commands coap(String run, String script, int devices, int count) {
        return new Commands(run, Kind.COAP, script, run, devices, count, Optional.empty());
    }

    public static Commands mqtt(String run, String script, int devices, int count) {
        return new Commands(run, Kind.MQTT, script, run, devices, count, Optional.empty());
    }

    /** The same, none to be sent before that. */
    public Commands notBefore(Instant moment) {
        return new Commands(run, kind, script, deviceRun, devices, count, Optional.of(moment));
    }

    /** So many further ones, without a time, for each of the same devices. */
    public Commands more(int each) {
        return new Commands(run + "more", kind, script, deviceRun, devices, devices * each, Optional.empty());
    }

    /** Devices have the run in their names, so that no two runs meet. */
    public static String device(String run, int number) {
        return run + "-d" + number;
    }

    public String device(int number) {
        return device(deviceRun, number);
    }

    public String topic(int device) {
        return "devices/" + device(device) + "/commands";
    }

    public byte[] key(int n) {
        return device(n % devices).getBytes(StandardCharsets.UTF_8);
    }

    public byte[] value(int n, Instant now) {
        StringBuilder json = new StringBuilder(400)
                .append("{\"request_id\":\"")
                .append(run)
                .append('-')
                .append(n)
                .append("\",\"timestamp\":\"")
                .append(now)
                .append("\",")
                .append(body(n).substring(1));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Without an id, as an application posts it. */
    public String body(int n) {
        StringBuilder json = new StringBuilder(300)
                .append("{\"device_id\":\"")
                .append(device(n % devices))
                .append("\",\"command_type\":\"config_update\",\"payload\":{\"measurement_interval\":")
                .append(60 * (1 + n % 60))
                .append(",\"request_device_info\":true},\"protocol\":\"")
                .append(kind == Kind.COAP ? "coap" : "mqtt")
                .append("\",\"parser_script_ref\":\"")
                .append(script)
                .append('"');
        if (kind == Kind.MQTT) {
            json.append(",\"metadata\":{\"topic\":\"")
                    .append(topic(n % devices))
                    .append("\"}");
        }
        notBefore.ifPresent(
                moment -> json.append(",\"not_before\":\"").append(moment).append('"'));
        return json.append('}').toString();
    }
}
