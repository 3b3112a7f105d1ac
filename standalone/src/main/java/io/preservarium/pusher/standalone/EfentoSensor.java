package io.preservarium.pusher.standalone;

import io.preservarium.pusher.standalone.EfentoMessages.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okio.ByteString;

/**
 * A temperature and humidity sensor as seen from the network: its settings, and what it sends. A changed setting
 * changes the configuration hash and is reported; see github.com/efento/Proto-files.
 */
final class EfentoSensor {

    /** Six bytes, written as 12 hexadecimal digits. */
    record Serial(String hex) {

        Serial {
            if (!hex.matches("[0-9a-fA-F]{12}")) {
                throw new IllegalArgumentException(
                        "an Efento serial number has 12 hexadecimal digits, such as 282c02424eed, but was '" + hex
                                + "'");
            }
            hex = hex.toLowerCase(Locale.ROOT);
        }
    }

    /** What a server asks for once, which is no setting. */
    static final Set<String> REQUESTS = Set.of(
            "device_info_request",
            "update_software_request",
            "current_time",
            "disable_modem_request",
            "configuration_request",
            "accept_without_testing_request",
            "reset_memory_request",
            "clear_runtime_errors_request",
            "update_modem_request",
            "set_output_control_state_request",
            "extended_configuration_request",
            "restart_memory_stats_request",
            "data_transfer_start_timestamp_request");

    private static final String HASH = "configuration_hash";
    private static final int SAMPLES = 3;

    private final ByteString serial;
    private final Map<String, Object> settings = new LinkedHashMap<>();

    /** A sensor as it leaves the factory, every uplink confirmable. */
    EfentoSensor(Serial serial) {
        this.serial = ByteString.decodeHex(serial.hex());
        settings.put("serial_number", this.serial);
        settings.put(HASH, 1);
        settings.put(
                "channel_types",
                List.of(
                        "MEASUREMENT_TYPE_TEMPERATURE",
                        "MEASUREMENT_TYPE_HUMIDITY",
                        "MEASUREMENT_TYPE_NO_SENSOR",
                        "MEASUREMENT_TYPE_NO_SENSOR",
                        "MEASUREMENT_TYPE_NO_SENSOR",
                        "MEASUREMENT_TYPE_NO_SENSOR"));
        settings.put("measurement_period_base", 60);
        settings.put("measurement_period_factor", 1);
        settings.put("transmission_interval", 600);
        settings.put("ack_interval", 0xFFFFFFFF);
        settings.put("data_endpoint", "m");
        settings.put("configuration_endpoint", "c");
        settings.put("device_info_endpoint", "i");
        settings.put("time_endpoint", "t");
    }

    /** A sensor with the settings that it had reported before. */
    EfentoSensor(Serial serial, Map<String, Object> settings) {
        this(serial);
        this.settings.putAll(settings);
        this.settings.put("serial_number", this.serial);
    }

    /** All settings, as reported to the server. */
    Map<String, Object> settings() {
        return Map.copyOf(settings);
    }

    /** The path of the endpoint to which such a message goes. */
    String path(Kind kind) {
        String setting =
                switch (kind) {
                    case MEASUREMENTS -> "data_endpoint";
                    case CONFIGURATION -> "configuration_endpoint";
                    case DEVICE_INFO -> "device_info_endpoint";
                };
        return (String) settings.getOrDefault(setting, "");
    }

    Map<String, Object> message(Kind kind, Instant now) {
        return switch (kind) {
            case MEASUREMENTS -> measurements(now);
            case CONFIGURATION -> new LinkedHashMap<>(settings);
            case DEVICE_INFO -> deviceInfo();
        };
    }

    private Map<String, Object> measurements(Instant now) {
        int base = number("measurement_period_base");
        int factor = Math.max(1, number("measurement_period_factor"));
        long period = Math.multiplyFull(base, factor);
        long first = now.getEpochSecond() - (SAMPLES - 1) * period;
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("serial_number", serial);
        message.put("battery_status", true);
        message.put("measurement_period_base", base);
        message.put("measurement_period_factor", factor);
        message.put(
                "channels",
                List.of(
                        channel("MEASUREMENT_TYPE_TEMPERATURE", first, period, 215, 15),
                        channel("MEASUREMENT_TYPE_HUMIDITY", first, period, 52, 6)));
        message.put("next_transmission_at", (int) (now.getEpochSecond() + number("transmission_interval")));
        message.put(HASH, number(HASH));
        return message;
    }

    /** Samples around a middle value, over the day; the same second gives the same sample. */
    private static Map<String, Object> channel(String type, long first, long period, int middle, int swing) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double day = (first + i * period) % 86_400 / 86_400.0;
            values.add((int) Math.round(middle + swing * Math.sin(2 * Math.PI * day)));
        }
        int start = values.getFirst();
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("type", type);
        channel.put("timestamp", (int) first);
        channel.put("start_point", start);
        channel.put(
                "sample_offsets", values.stream().map(value -> value - start).toList());
        return channel;
    }

    private Map<String, Object> deviceInfo() {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("serial_number", serial);
        message.put("sw_version", 7 * 256 + 2);
        message.put("runtime_info", Map.of("up_time", 3600, "mcu_temperature", 23, "battery_voltage", 3582));
        message.put("modem", Map.of("type", "MODEM_TYPE_BC660", "modem_identification", "867997030000000"));
        message.put("commit_id", "simulated");
        return message;
    }

    private int number(String setting) {
        return (Integer) settings.getOrDefault(setting, 0);
    }

    /** Takes a configuration from an answer; returns what the sensor sends because of it. */
    List<Kind> take(Map<String, Object> configuration, Instant now) {
        boolean changed = false;
        for (Map.Entry<String, Object> item : configuration.entrySet()) {
            if (!REQUESTS.contains(item.getKey())) {
                changed |= !item.getValue().equals(settings.put(item.getKey(), item.getValue()));
            }
        }
        if (changed) {
            settings.put(HASH, number(HASH) + 1);
            settings.put("configuration_hash_timestamp", (int) now.getEpochSecond());
        }
        List<Kind> next = new ArrayList<>();
        if (changed || configuration.containsKey("configuration_request")) {
            next.add(Kind.CONFIGURATION);
        }
        if (configuration.containsKey("device_info_request")) {
            next.add(Kind.DEVICE_INFO);
        }
        return next;
    }
}
