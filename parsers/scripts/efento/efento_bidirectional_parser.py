"""Efento NB-IoT sensors over CoAP: commands to ProtoConfig bytes, uplinks of firmware 6 and 7 to outputs.

A sensor takes a ProtoConfig only in the answer to a confirmable uplink, and tells that it applied it by a new
configuration hash and an upload to its configuration endpoint. Every key is described in README.md beside this file.
"""

import time

import proto_config_pb2
import proto_device_info_pb2
import proto_measurement_types_pb2 as types_pb2
import proto_measurements_pb2
import proto_rule_pb2 as rule_pb2

DEL = "\x7f"  # proto3 cannot send an empty text: this one character means automatic, none or off
FOREVER = 0xFFFFFFFF  # proto3 cannot send 0 either
UINT32 = 0xFFFFFFFF
INT32_MIN, INT32_MAX = -0x80000000, 0x7FFFFFFF
SERIAL_LENGTH = 6
LAST_SECOND = 253402300799  # of the year 9999
ERROR_CODES = (8355840, 8388607)  # offsets of a continuous channel in this range are error codes

# Kinds of measurement: how a raw number is read.
PLAIN, BINARY, CALIBRATED, CO2, MINOR, MAJOR, RAW = range(7)
DIVISORS = {CALIBRATED: 3, CO2: 3, MINOR: 6, MAJOR: 4}  # the remainder is a status

# number: (quantity, unit, steps per unit, kind, lowest and highest absolute value in a rule, highest difference)
QUANTITIES = {
    0: ("no_sensor", "", 1, RAW, None, None, None),
    1: ("temperature", "°C", 10, PLAIN, -273.2, 4000, 4273.2),
    2: ("humidity", "%", 1, PLAIN, 0, 100, 100),
    3: ("atmospheric_pressure", "hPa", 10, PLAIN, 1, 2000, 1999),
    4: ("differential_pressure", "Pa", 1, PLAIN, -10000, 10000, 20000),
    5: ("ok_alarm", "", 1, BINARY, None, None, None),
    6: ("iaq", "IAQ", 1, CALIBRATED, 0, 500, 500),
    7: ("flooding", "", 1, BINARY, None, None, None),
    8: ("pulse_count", "pulses", 1, PLAIN, 0, 8000000, 8000000),
    9: ("electricity_meter", "Wh", 1, PLAIN, 0, 8000000, 8000000),
    10: ("water_meter", "l", 1, PLAIN, 0, 8000000, 8000000),
    11: ("soil_moisture", "kPa", 1, PLAIN, -1000, 0, 1000),
    12: ("co_gas", "ppm", 1, PLAIN, 0, 1000000, 1000000),
    13: ("no2_gas", "ppm", 1, PLAIN, 0, 1000000, 1000000),
    14: ("h2s_gas", "ppm", 100, PLAIN, 0, 80000, 80000),
    15: ("ambient_light", "lx", 10, PLAIN, 0, 100000, 100000),
    16: ("pm_1_0", "µg/m³", 1, PLAIN, 0, 1000, 1000),
    17: ("pm_2_5", "µg/m³", 1, PLAIN, 0, 1000, 1000),
    18: ("pm_10_0", "µg/m³", 1, PLAIN, 0, 1000, 1000),
    19: ("noise_level", "dB", 10, PLAIN, 0, 200, 200),
    20: ("nh3_gas", "ppm", 1, PLAIN, 0, 1000000, 1000000),
    21: ("ch4_gas", "ppm", 1, PLAIN, 0, 1000000, 1000000),
    22: ("high_pressure", "kPa", 1, PLAIN, 0, 200000, 200000),
    23: ("distance", "mm", 1, PLAIN, 0, 100000, 100000),
    24: ("water_meter_minor", "l", 1, MINOR, 0, 99, 99),
    25: ("water_meter_major", "hl", 1, MAJOR, 0, 999999, 999999),
    26: ("co2_gas", "ppm", 1, CO2, 0, 1000000, 1000000),
    27: ("humidity_accurate", "%", 10, PLAIN, 0, 100, 100),
    28: ("static_iaq", "sIAQ", 1, CALIBRATED, 0, 10000, 10000),
    29: ("co2_equivalent", "ppm", 1, CALIBRATED, 0, 1000000, 1000000),
    30: ("breath_voc", "ppm", 1, CALIBRATED, 0, 100000, 100000),
    31: ("shared_modem", "", 1, RAW, None, None, None),
    32: ("percentage", "%", 100, PLAIN, 0, 100, 100),
    33: ("voltage", "mV", 10, PLAIN, 0, 100000, 100000),
    34: ("current", "mA", 100, PLAIN, 0, 10000, 10000),
    35: ("pulse_count_minor", "pulses", 1, MINOR, 0, 999, 999),
    36: ("pulse_count_major", "kilopulses", 1, MAJOR, 0, 999999, 999999),
    37: ("electricity_meter_minor", "Wh", 1, MINOR, 0, 999, 999),
    38: ("electricity_meter_major", "kWh", 1, MAJOR, 0, 999999, 999999),
    39: ("pulse_count_wide_minor", "pulses", 1, MINOR, 0, 999999, 999999),
    40: ("pulse_count_wide_major", "megapulses", 1, MAJOR, 0, 999999, 999999),
    41: ("current_precise", "mA", 1000, PLAIN, -4000, 4000, 8000),
    42: ("output_control", "", 1, BINARY, None, None, None),
    43: ("resistance", "Ω", 1, PLAIN, 0, 1000000, 1000000),
}
RULE_TYPES = {row[0]: number for number, row in QUANTITIES.items() if row[4] is not None}

BINARY_STATES = {  # (for a negative offset, for a positive one)
    types_pb2.MEASUREMENT_TYPE_OK_ALARM: ("ok", "alarm"),
    types_pb2.MEASUREMENT_TYPE_FLOODING: ("water_not_detected", "water_detected"),
    types_pb2.MEASUREMENT_TYPE_OUTPUT_CONTROL: ("off", "on"),
}
CALIBRATION = {CALIBRATED: ("required", "ongoing", "done"), CO2: ("not_yet", "succeeded", "failed")}
COUNTER_STATUS = ("ok", "error", "reset", "reset_and_error")

HIGH, LOW, DIFF = "high_threshold", "low_threshold", "diff_threshold"
CONDITIONS = {
    "disabled": rule_pb2.CONDITION_DISABLED,
    HIGH: rule_pb2.CONDITION_HIGH_THRESHOLD,
    LOW: rule_pb2.CONDITION_LOW_THRESHOLD,
    DIFF: rule_pb2.CONDITION_DIFF_THRESHOLD,
    "binary_change": rule_pb2.CONDITION_BINARY_CHANGE_STATE,
    "logic": rule_pb2.CONDITION_LOGIC_OPERATOR,
    "on_measurement": rule_pb2.CONDITION_ON_MEASUREMENT,
    "sensor_error": rule_pb2.CONDITION_ON_SENSOR_ERROR,
}
RULE_KEYS = {
    "disabled": ("condition",),
    HIGH: ("channels", "condition", "type", "threshold", "hysteresis", "mode", "samples", "action"),
    LOW: ("channels", "condition", "type", "threshold", "hysteresis", "mode", "samples", "action"),
    DIFF: ("channels", "condition", "type", "threshold", "mode", "samples", "action"),
    "binary_change": ("channels", "condition", "action"),
    "logic": ("channels", "condition", "operator", "rules", "negated", "action_delay", "return_delay", "action"),
    "on_measurement": ("channels", "condition", "every", "rules", "negated", "action"),
    "sensor_error": ("channels", "condition", "action"),
}
MODES = {"moving_average": 1, "window_average": 2, "consecutive": 3}
OPERATORS = {"and": rule_pb2.LOGIC_OPERATOR_AND, "or": rule_pb2.LOGIC_OPERATOR_OR}
ACTIONS = {
    "send": rule_pb2.ACTION_TRIGGER_TRANSMISSION,
    "none": rule_pb2.ACTION_NO_ACTION,
    "send_with_ack": rule_pb2.ACTION_TRIGGER_TRANSMISSION_WITH_ACK,
    "fast_advertising": rule_pb2.ACTION_FAST_ADVERTISING_MODE,
}
RETURN_DELAY_OFF = 864001
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


# ---------------------------------------------------------------------------------------------------------- checks


def _show(value):
    """A value as JSON would write it, short enough for a message."""
    if value is True:
        text = "true"
    elif value is False:
        text = "false"
    elif value is None:
        text = "null"
    elif isinstance(value, str):
        text = '"' + value + '"'
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _must(key, rule, value):
    return ValueError(f"{key} must be {rule} but was {_show(value)}")


def _either(words):
    quoted = ['"' + word + '"' for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(key, value, low, high, unit="", words=None):
    """A whole number in a range, or one of the words (or their numbers) that stand outside it."""
    if words:
        if isinstance(value, str) and value in words:
            return words[value]
        if _is_whole(value) and value in words.values():
            return value
    if _is_whole(value) and low <= value <= high:
        return value
    rule = f"{low} to {high}" + (" " + unit if unit else "") + (" or " + _either(words) if words else "")
    raise _must(key, "a whole number, " + rule if isinstance(value, float) else rule, value)


def _word(key, value, words):
    if isinstance(value, str) and value in words:
        return words[value]
    raise _must(key, _either(words), value)


def _boolean(key, value):
    if isinstance(value, bool):
        return value
    raise _must(key, "true or false", value)


def _list(key, value, low, high):
    if not isinstance(value, list):
        raise _must(key, "a list", value)
    if not low <= len(value) <= high:
        size = str(low) if low == high else f"{low} to {high}"
        raise ValueError(f"{key} must have {size} items but had {len(value)}")
    return value


def _object(key, value):
    if isinstance(value, dict):
        return value
    raise _must(key, "an object", value)


def _text(key, value, longest, words=()):
    """Printable ASCII. The value itself stays out of the message: it can be a password or a token."""
    allowed = f"1 to {longest} printable ASCII characters" + (" or " + _either(words) if words else "")
    if not isinstance(value, str):
        raise ValueError(f"{key} must be {allowed} but was {'null' if value is None else 'not a text'}")
    if not 1 <= len(value) <= longest:
        raise ValueError(f"{key} must have 1 to {longest} characters but had {len(value)}")
    if not all(" " <= character <= "~" for character in value):
        raise ValueError(f"{key} must be {allowed} but had another character")
    return value


def _nearest(key, known):
    def pairs(text):
        return {text[at : at + 2] for at in range(len(text) - 1)}

    def likeness(other):
        mine, theirs = pairs(str(key).lower()), pairs(other)
        return 2.0 * len(mine & theirs) / max(1, len(mine) + len(theirs))

    return max(known, key=likeness)


def _known_keys(where, given, known):
    for key in given:
        if key not in known:
            raise ValueError(f'{where} has no key {_show(key)}; the nearest is "{_nearest(key, known)}"')


def _required(where, given, key):
    if key not in given:
        raise ValueError(f"{where}.{key} is required")
    return given[key]


def _steps(key, value, low, high, steps, unit):
    """A physical value in the sensor's steps (23.5 °C is 235)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise _must(key, f"{low} to {high} {unit}", value)
    scaled = value * steps
    if abs(scaled - round(scaled)) > 1e-6 * max(1.0, abs(scaled)) or (steps == 1 and scaled != round(scaled)):
        raise _must(key, f"a multiple of {1 / steps if steps > 1 else 1} {unit}", value)
    return int(round(scaled))


def _physical(raw, steps):
    return raw if steps == 1 else raw / steps


def _mask(key, value, highest, low=1):
    """Numbers 1 to highest as a bit mask, bit 0 for 1."""
    mask = 0
    for index, number in enumerate(_list(key, value, low, highest)):
        mask |= 1 << (_whole(f"{key}[{index}]", number, 1, highest) - 1)
    return mask


def _numbers(mask):
    return [bit + 1 for bit in range(32) if mask >> bit & 1]


def _name_of(number, words):
    for word, value in words.items():
        if value == number:
            return word
    return number


def _utc(seconds):
    if not 0 <= seconds <= LAST_SECOND:
        raise ValueError(f"time must be 0 to {LAST_SECOND} seconds after 1970 but was {seconds}")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# -------------------------------------------------------------------------------------------------------- settings
# Each kind of setting writes itself into a ProtoConfig (put) and reads itself back (get, None when absent).


class Number:
    def __init__(self, field, low, high, unit="", words=None, also=None):
        self.field, self.low, self.high, self.unit, self.words = field, low, high, unit, words
        self.also = also or {}  # further numbers that read as a word

    def put(self, config, key, value):
        setattr(config, self.field, _whole(key, value, self.low, self.high, self.unit, self.words))

    def get(self, config):
        number = getattr(config, self.field)
        if number in self.also:
            return self.also[number]
        return None if number == 0 else _name_of(number, self.words or {})


class Word:
    def __init__(self, field, words):
        self.field, self.words = field, words

    def put(self, config, key, value):
        setattr(config, self.field, _word(key, value, self.words))

    def get(self, config):
        number = getattr(config, self.field)
        return None if number == 0 else _name_of(number, self.words)


class Text:
    def __init__(self, field, longest, none=None):
        self.field, self.longest, self.none = field, longest, none

    def put(self, config, key, value):
        if self.none is not None and isinstance(value, str) and value == self.none:
            setattr(config, self.field, DEL)
        else:
            setattr(config, self.field, _text(key, value, self.longest, [self.none] if self.none else ()))

    def get(self, config):
        text = getattr(config, self.field)
        if text == DEL and self.none:
            return self.none
        return text or None


class Host:
    def __init__(self, field):
        self.field = field

    def put(self, config, key, value):
        text = _text(key, value, 31)
        if not all(character.isalnum() or character in ".-" for character in text):
            raise _must(key, "an IPv4 address or a host name", value)
        parts = text.split(".")
        if all(part.isdigit() for part in parts) and not _is_ipv4(parts):
            raise _must(key, "an IPv4 address or a host name", value)
        setattr(config, self.field, text)

    def get(self, config):
        return getattr(config, self.field) or None


class Request:
    """A flag that only true can send: in proto3 false is the same as absent."""

    def __init__(self, field):
        self.field = field

    def put(self, config, key, value):
        if _boolean(key, value):
            setattr(config, self.field, True)

    def get(self, config):
        return getattr(config, self.field) or None


class Switch:
    """A setting that can be turned off: 1 is off, 2 is on."""

    def __init__(self, field):
        self.field = field

    def put(self, config, key, value):
        setattr(config, self.field, 2 if _boolean(key, value) else 1)

    def get(self, config):
        return {1: False, 2: True}.get(getattr(config, self.field))


class Key:
    """A secret of 1 to 16 bytes in hexadecimal; a sensor reports only the end of its hash."""

    def __init__(self, field):
        self.field = field

    def put(self, config, key, value):
        rule = '1 to 16 bytes in hexadecimal or "off"'
        if value == "off" and isinstance(value, str):
            setattr(config, self.field, b"\x7f")
            return
        if not isinstance(value, str) or not all(digit in "0123456789abcdefABCDEF" for digit in value):
            raise ValueError(f"{key} must be {rule} but was something else")
        if len(value) % 2 or not 2 <= len(value) <= 32:
            raise ValueError(f"{key} must be {rule} but had {len(value)} digits")
        secret = bytes.fromhex(value)
        if secret == b"\x7f":
            raise ValueError(f'{key} must be {rule}: the one byte 7f turns it off, write "off"')
        setattr(config, self.field, secret)

    def get(self, config):
        return "off" if getattr(config, self.field) == b"\x7f" else None


class Dns:
    def put(self, config, key, value):
        if isinstance(value, str) and value == "network":
            config.dns_server_ip.extend([255, 255, 255, 255])
            return
        parts = value.split(".") if isinstance(value, str) else []
        if not _is_ipv4(parts):
            raise _must(key, 'an IPv4 address or "network"', value)
        config.dns_server_ip.extend([int(part) for part in parts])

    def get(self, config):
        octets = [int(octet) for octet in config.dns_server_ip]
        if not octets:
            return None
        octets = (octets + [0, 0, 0])[:4]
        return "network" if octets == [255, 255, 255, 255] else ".".join([str(octet) for octet in octets])


def _is_ipv4(parts):
    return len(parts) == 4 and all(
        part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= 255 for part in parts
    )


class CellularParameters:
    def put(self, config, key, value):
        items = _list(key, value, 1, 15)
        numbers = [_whole(f"{key}[{index}]", item, 0, UINT32) for index, item in enumerate(items)]
        config.cellular_config_params.extend([len(numbers)] + numbers)

    def get(self, config):
        items = [int(item) for item in config.cellular_config_params]
        return items[1 : 1 + items[0]] if items else None


class Leds:
    OFF_TIMES = range(2, 8)

    def put(self, config, key, value):
        for index, item in enumerate(_list(key, value, 9, 9)):
            where = f"{key}[{index}]"
            if index in self.OFF_TIMES:
                if not (_is_whole(item) and (0 <= item <= 240 or item == 255)):
                    raise _must(where, "0 to 240 or 255", item)
            elif index == 8:
                _whole(where, item, 4, 200)
            else:
                _whole(where, item, 1, 120)
        config.led_config.extend(value)

    def get(self, config):
        return [int(item) for item in config.led_config] or None


class NetworkSearch:
    TABLES = ("time_schema_last_registration_ok", "time_schema_last_registration_not_ok")
    NUMBERS = ("disable_period_base", "counter_max")

    def put(self, config, key, value):
        given = _object(key, value)
        _known_keys(key, given, self.TABLES + self.NUMBERS)
        if not given:
            raise ValueError(f"{key} must have one of {_either(self.TABLES + self.NUMBERS)} but was empty")
        message = proto_config_pb2.ProtoNetworkSearch()
        for name in self.TABLES:
            if name in given:
                items = _list(f"{key}.{name}", given[name], 6, 6)
                checked = [
                    _whole(f"{key}.{name}[{index}]", item, 1, 255, "minutes") for index, item in enumerate(items)
                ]
                getattr(message, name).extend(checked)
        for name in self.NUMBERS:
            if name in given:
                setattr(message, name, _whole(f"{key}.{name}", given[name], 1, 255))
        config.network_search.CopyFrom(message)

    def get(self, config):
        if not config.HasField("network_search"):
            return None
        message, found = config.network_search, {}
        for name in self.TABLES:
            if len(getattr(message, name)):
                found[name] = [int(item) for item in getattr(message, name)]
        for name in self.NUMBERS:
            if getattr(message, name):
                found[name] = getattr(message, name)
        return found


class BleAdvertising:
    MODES = {
        "default": proto_config_pb2.BLE_ADVERTISING_PERIOD_MODE_DEFAULT,
        "normal": proto_config_pb2.BLE_ADVERTISING_PERIOD_MODE_NORMAL,
        "fast": proto_config_pb2.BLE_ADVERTISING_PERIOD_MODE_FAST,
    }

    def put(self, config, key, value):
        given = _object(key, value)
        _known_keys(key, given, ("mode", "normal", "fast"))
        if not given:
            raise ValueError(f'{key} must have one of "mode", "normal" or "fast" but was empty')
        message = proto_config_pb2.ProtoBleAdvertisingPeriod()
        if "mode" in given:
            message.mode = _word(f"{key}.mode", given["mode"], self.MODES)
        for name in ("normal", "fast"):
            if name in given:
                setattr(message, name, _whole(f"{key}.{name}", given[name], 32, 16384, "steps of 0.625 ms"))
        config.ble_advertising_period.CopyFrom(message)

    def get(self, config):
        if not config.HasField("ble_advertising_period"):
            return None
        message, found = config.ble_advertising_period, {}
        if message.mode:
            found["mode"] = _name_of(message.mode, self.MODES)
        for name in ("normal", "fast"):
            if getattr(message, name):
                found[name] = getattr(message, name)
        return found


class Calibration:
    def put(self, config, key, value):
        given = _object(key, value)
        _known_keys(key, given, ("channel", "sensor_code", "parameters"))
        message = proto_config_pb2.ProtoCalibrationParametersRequest()
        message.calibration_request = _whole(f"{key}.channel", _required(key, given, "channel"), 1, 6)
        if "sensor_code" in given:
            message.channel_assignment = _whole(f"{key}.sensor_code", given["sensor_code"], 1, UINT32)
        for index, item in enumerate(_list(f"{key}.parameters", given.get("parameters", []), 0, 8)):
            message.parameters.append(_whole(f"{key}.parameters[{index}]", item, INT32_MIN, INT32_MAX))
        config.calibration_parameters_request.CopyFrom(message)

    def get(self, config):
        if not config.HasField("calibration_parameters_request"):
            return None
        message = config.calibration_parameters_request
        found = {"channel": message.calibration_request & 7}
        if message.channel_assignment:
            found["sensor_code"] = message.channel_assignment
        if len(message.parameters):
            found["parameters"] = [int(item) for item in message.parameters]
        return found


class Outputs:
    STATES = {"off": 1, "on": 2}

    def put(self, config, key, value):
        seen = []
        for index, item in enumerate(_list(key, value, 1, 3)):
            where = f"{key}[{index}]"
            given = _object(where, item)
            _known_keys(where, given, ("channel", "state"))
            channel = _whole(f"{where}.channel", _required(where, given, "channel"), 0, 5)
            if channel in seen:
                raise ValueError(f"{where}.channel must be another channel than the items before but was {channel}")
            seen.append(channel)
            message = config.set_output_control_state_request.add()
            message.channel_index = channel
            message.channel_state = _word(f"{where}.state", _required(where, given, "state"), self.STATES)

    def get(self, config):
        return [
            {"channel": item.channel_index, "state": _name_of(item.channel_state, self.STATES)}
            for item in config.set_output_control_state_request
        ] or None


class Rules:
    """Positional: the first object is rule 1. An empty object keeps the rule that the sensor has at that place."""

    MOST = 16

    def put(self, config, key, value):
        for index, item in enumerate(_list(key, value, 1, self.MOST)):
            where = f"{key}[{index}]"
            given = _object(where, item)
            message = config.rules.add()
            if given:
                self._fill(message, where, given)

    def _fill(self, message, where, given):
        condition = _required(where, given, "condition")
        message.condition = _word(f"{where}.condition", condition, CONDITIONS)
        _known_keys(f"{where} ({condition})", given, RULE_KEYS[condition])
        if condition == "disabled":
            return
        if condition in ("logic", "on_measurement"):
            if "channels" in given:
                message.channel_mask = _mask(f"{where}.channels", given["channels"], 6)
        else:
            message.channel_mask = _mask(f"{where}.channels", _required(where, given, "channels"), 6)
        message.action = _word(f"{where}.action", _required(where, given, "action"), ACTIONS)
        message.parameters.extend(self._parameters(condition, where, given))

    def _parameters(self, condition, where, given):
        if condition in (HIGH, LOW, DIFF):
            return self._threshold(condition, where, given)
        if condition == "logic":
            selected, negated = self._selected(where, given)
            return [
                _word(f"{where}.operator", _required(where, given, "operator"), OPERATORS),
                selected,
                negated,
                _whole(f"{where}.action_delay", given.get("action_delay", 0), 0, 864000, "seconds"),
                _whole(
                    f"{where}.return_delay",
                    given.get("return_delay", 0),
                    0,
                    864000,
                    "seconds",
                    {"off": RETURN_DELAY_OFF},
                ),
            ]
        if condition == "on_measurement":
            parameters = [_whole(f"{where}.every", given.get("every", 1), 1, 500)]
            if "rules" in given or "negated" in given:
                parameters.extend(self._selected(where, given))
            return parameters
        return []

    def _threshold(self, condition, where, given):
        name = _required(where, given, "type")
        number = _word(f"{where}.type", name, RULE_TYPES)
        _, unit, steps, _, low, high, widest = QUANTITIES[number]
        unit = (unit + " of " + name).strip()
        threshold = _required(where, given, "threshold")
        if condition == DIFF:
            parameters = [_steps(f"{where}.threshold", threshold, 1 / steps if steps > 1 else 1, widest, steps, unit)]
        else:
            parameters = [
                _steps(f"{where}.threshold", threshold, low, high, steps, unit),
                _steps(f"{where}.hysteresis", given.get("hysteresis", 0), 0, widest, steps, unit),
            ]
        return parameters + [
            _word(f"{where}.mode", given.get("mode", "moving_average"), MODES),
            _whole(f"{where}.samples", given.get("samples", 1), 1, 10),
            number,
        ]

    def _selected(self, where, given):
        selected = _mask(f"{where}.rules", _required(where, given, "rules"), self.MOST)
        negated = _mask(f"{where}.negated", given.get("negated", []), self.MOST, low=0)
        if negated & ~selected:
            raise ValueError(
                f"{where}.negated must be among {where}.rules but had {_numbers(negated & ~selected)[0]}"
            )
        return selected, negated

    def get(self, config):
        return [self._read(message) for message in config.rules] or None

    def _read(self, message):
        numbers = [int(number) for number in message.parameters]
        if not message.condition and not message.channel_mask and not message.action and not any(numbers):
            return {}
        condition = _name_of(message.condition, CONDITIONS)
        if condition == "disabled":
            return {"condition": condition}
        rule = {"channels": _numbers(message.channel_mask)} if message.channel_mask else {}
        rule["condition"] = condition
        rule.update(self._read_parameters(condition, numbers))
        if message.action:
            rule["action"] = _name_of(message.action, ACTIONS)
        return rule

    def _read_parameters(self, condition, numbers):
        if condition in (HIGH, LOW, DIFF) and len(numbers) == (4 if condition == DIFF else 5):
            row = QUANTITIES.get(numbers[-1])
            if row and row[4] is not None:
                found = {"type": row[0], "threshold": _physical(numbers[0], row[2])}
                if condition != DIFF:
                    found["hysteresis"] = _physical(numbers[1], row[2])
                found["mode"] = _name_of(numbers[-3], MODES)
                found["samples"] = numbers[-2]
                return found
        if condition == "logic" and len(numbers) == 5:
            return {
                "operator": _name_of(numbers[0], OPERATORS),
                "rules": _numbers(numbers[1]),
                "negated": _numbers(numbers[2]),
                "action_delay": numbers[3],
                "return_delay": "off" if numbers[4] == RETURN_DELAY_OFF else numbers[4],
            }
        if condition == "on_measurement" and len(numbers) in (1, 3):
            found = {"every": numbers[0]}
            if len(numbers) == 3 and numbers[1]:
                found["rules"] = _numbers(numbers[1])
                found["negated"] = _numbers(numbers[2])
            return found
        return {"parameters": numbers} if numbers else {}


class Calendars:
    """Positional like the rules."""

    TYPES = {"disabled": rule_pb2.CALENDAR_TYPE_DISABLED, "week": rule_pb2.CALENDAR_TYPE_WEEK}

    def put(self, config, key, value):
        for index, item in enumerate(_list(key, value, 1, 6)):
            where = f"{key}[{index}]"
            given = _object(where, item)
            message = config.calendars.add()
            if given:
                self._fill(message, where, given)

    def _fill(self, message, where, given):
        kind = _required(where, given, "type")
        message.type = _word(f"{where}.type", kind, self.TYPES)
        known = ("type",) if kind == "disabled" else ("type", "rules", "days", "from", "to", "utc_offset_minutes")
        _known_keys(f"{where} ({kind})", given, known)
        if kind == "disabled":
            return
        message.rule_mask = _mask(f"{where}.rules", _required(where, given, "rules"), Rules.MOST)
        days = 0
        for index, day in enumerate(_list(f"{where}.days", _required(where, given, "days"), 1, 7)):
            days |= 1 << _word(f"{where}.days[{index}]", day, {name: bit for bit, name in enumerate(DAYS)})
        offset = given.get("utc_offset_minutes", 0)
        if not _is_whole(offset) or not -720 <= offset <= 840 or offset % 15:
            raise _must(f"{where}.utc_offset_minutes", "-720 to 840 in steps of 15", offset)
        begin = self._minutes(f"{where}.from", _required(where, given, "from"))
        end = self._minutes(f"{where}.to", _required(where, given, "to"))
        message.parameters.extend([days, begin, end, offset // 15])

    def _minutes(self, key, value):
        parts = value.split(":") if isinstance(value, str) else []
        if len(parts) == 2 and all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
            hours, minutes = int(parts[0]), int(parts[1])
            if hours < 24 and minutes < 60:
                return hours * 60 + minutes
        raise _must(key, 'a time from "00:00" to "23:59"', value)

    def get(self, config):
        return [self._read(message) for message in config.calendars] or None

    def _read(self, message):
        numbers = [int(number) for number in message.parameters]
        if not message.type and not message.rule_mask and not any(numbers):
            return {}
        kind = _name_of(message.type, self.TYPES)
        if kind == "disabled":
            return {"type": kind}
        found = {"type": kind, "rules": _numbers(message.rule_mask)}
        if kind != "week" or len(numbers) != 4:
            found["parameters"] = numbers
            return found
        found["days"] = [name for bit, name in enumerate(DAYS) if numbers[0] >> bit & 1]
        found["from"] = "%02d:%02d" % (numbers[1] // 60, numbers[1] % 60)
        found["to"] = "%02d:%02d" % (numbers[2] // 60, numbers[2] % 60)
        found["utc_offset_minutes"] = numbers[3] * 15
        return found


class ClearNvm:
    CLEAR = 0x7F

    def put(self, config, key, value):
        if _boolean(key, value):
            config.nvm_status = self.CLEAR

    def get(self, config):
        return True if config.nvm_status == self.CLEAR else None


DAY, WEEK = 86400, 604800
SETTINGS = {
    "measurement_period_base": Number("measurement_period_base", 1, 65535, "seconds"),
    "measurement_period_factor": Number("measurement_period_factor", 1, 65535),
    "transmission_interval": Number("transmission_interval", 60, WEEK, "seconds"),
    "ack_interval": Number("ack_interval", 180, 30 * DAY, "seconds", {"always": FOREVER}),
    "transfer_limit": Number("transfer_limit", 1, 65534, "", {"off": 65535}),
    "transfer_limit_timer": Number("transfer_limit_timer", 1, 65534, "seconds", {"off": 65535}),
    "supervision_period": Number("supervision_period", 180, WEEK, "seconds", {"off": FOREVER}),
    "rules": Rules(),
    "calendars": Calendars(),
    "outputs": Outputs(),
    "data_server_ip": Host("data_server_ip"),
    "data_server_port": Number("data_server_port", 1, 65535),
    "data_endpoint": Text("data_endpoint", 11),
    "configuration_endpoint": Text("configuration_endpoint", 11),
    "extended_configuration_endpoint": Text("extended_configuration_endpoint", 11),
    "device_info_endpoint": Text("device_info_endpoint", 11),
    "time_endpoint": Text("time_endpoint", 11),
    "update_server_ip": Host("update_server_ip"),
    "update_server_port_udp": Number("update_server_port_udp", 1, 65535),
    "update_server_port_coap": Number("update_server_port_coap", 1, 65535),
    "dns_server_ip": Dns(),
    "dns_ttl_config": Number(
        "dns_ttl_config", 1, 864000, "seconds", {"server": 864001, "after_failure": 864002}
    ),
    "apn": Text("apn", 49, none="automatic"),
    "apn_username": Text("apn_username", 31, none="none"),
    "apn_password": Text("apn_password", 31, none="none"),
    "plmn_selection": Number(
        "plmn_selection", 100, 999999, "", {"automatic": 1000000}, also={FOREVER: "automatic"}
    ),
    "modem_bands_mask": Number("modem_bands_mask", 1, UINT32),
    "cellular_config_params": CellularParameters(),
    "network_search": NetworkSearch(),
    "network_troubleshooting": Switch("network_troubleshooting"),
    "network_key": Key("network_key"),
    "cloud_token": Text("cloud_token", 36),
    "cloud_token_config": Word("cloud_token_config", {"given": 1, "imei": 2, "none": 255}),
    "cloud_token_coap_option": Number("cloud_token_coap_option", 1, 64999, "", {"payload": 65000}),
    "payload_signature_coap_option": Number("payload_signature_coap_option", 1, 64999, "", {"off": 65000}),
    "modem_identification_coap_option": Number("modem_identification_coap_option", 1, 64999, "", {"off": 65000}),
    "ble_turnoff_time": Number("ble_turnoff_time", 60, WEEK, "seconds", {"never": FOREVER}),
    "ble_tx_power_level": Number("ble_tx_power_level", 1, 4),
    "ble_advertising_period": BleAdvertising(),
    "advertisement_manufacturer_data_format": Word(
        "advertisement_manufacturer_data_format",
        {
            "v3": proto_config_pb2.ADVERTISEMENT_MANUFACTURER_DATA_FORMAT_V3,
            "v5": proto_config_pb2.ADVERTISEMENT_MANUFACTURER_DATA_FORMAT_V5,
        },
    ),
    "encryption_key": Key("encryption_key"),
    "led_config": Leds(),
    "calibration_parameters": Calibration(),
    "request_device_info": Request("device_info_request"),
    "request_configuration": Request("configuration_request"),
    "request_extended_configuration": Request("extended_configuration_request"),
    "request_fw_update": Request("update_software_request"),
    "request_modem_update": Text("update_modem_request", 48),
    "accept_without_testing": Request("accept_without_testing_request"),
    "memory_reset": Request("reset_memory_request"),
    "clear_runtime_errors": Request("clear_runtime_errors_request"),
    "clear_nvm_status": ClearNvm(),
    "restart_memory_stats": Request("restart_memory_stats_request"),
    "disable_modem": Number("disable_modem_request", 60, WEEK, "seconds"),
    "data_transfer_start": Number("data_transfer_start_timestamp_request", 1, UINT32),
}
CONFIG_KEYS = ("measurement_interval", "current_time") + tuple(SETTINGS)
DEVICE_ONLY = (
    "serial_number",
    "configuration_hash",
    "configuration_hash_timestamp",
    "configuration_errors",
    "configuration_error_timestamp",
    "channel_types",
    "payload_split_info",
    "nvm_status",
)


# -------------------------------------------------------------------------------------------------------- commands


COMMAND_TYPES = ("config_update", "time_sync", "request_device_info", "request_configuration", "output_control")


def format_command(command, config=None):
    """The ProtoConfig for a command, or None for a command type that these sensors do not have (no reboot)."""
    command_type = command.get("command_type")
    if command_type not in COMMAND_TYPES:
        return None
    payload = command.get("payload")
    payload = _object("payload", {} if payload is None else payload)
    message = proto_config_pb2.ProtoConfig()
    if command_type == "config_update":
        _fill_config(message, payload)
    elif command_type == "output_control":
        _known_keys(command_type, payload, ("outputs",))
        SETTINGS["outputs"].put(message, "outputs", _required(command_type, payload, "outputs"))
    else:
        if payload:
            raise ValueError(f'{command_type} takes no payload but had the key {_show(list(payload)[0])}')
        if command_type == "time_sync":
            message.current_time = int(time.time())
        else:
            SETTINGS[command_type].put(message, command_type, True)
    return message.SerializeToString()


def _fill_config(message, payload):
    for key in payload:
        if key in DEVICE_ONLY:
            raise ValueError(f"{key} is reported by the device and cannot be set")
    _known_keys("config_update", payload, CONFIG_KEYS)
    for key, value in payload.items():
        if key in SETTINGS:
            SETTINGS[key].put(message, key, value)
    if "measurement_interval" in payload:
        for key in ("measurement_period_base", "measurement_period_factor"):
            if key in payload:
                raise ValueError(f"measurement_interval cannot be given together with {key}")
        message.measurement_period_base, message.measurement_period_factor = _split(payload["measurement_interval"])
    if "cloud_token" in payload:
        if payload.get("cloud_token_config", "given") != "given":
            raise _must("cloud_token_config", '"given" when cloud_token is given', payload["cloud_token_config"])
        message.cloud_token_config = SETTINGS["cloud_token_config"].words["given"]
    for key, needs in (("apn_username", "apn"), ("apn_password", "apn_username")):
        none = SETTINGS[needs].none
        if payload.get(needs) == none and payload.get(key, "none") != "none":
            raise ValueError(f'{key} must be "none" when {needs} is "{none}" but was given')
    if _boolean("current_time", payload.get("current_time", True)):
        message.current_time = int(time.time())
    elif not message.ListFields():
        raise ValueError("config_update has nothing to send: every key is false")


def _split(interval):
    """Seconds as base × factor, the smallest factor that does it exactly."""
    largest = 65535
    _whole("measurement_interval", interval, 1, largest * largest, "seconds")
    factor = (interval + largest - 1) // largest
    while factor * factor <= interval:
        if interval % factor == 0:
            return interval // factor, factor
        factor += 1
    raise _must("measurement_interval", "a product of two numbers from 1 to 65535", interval)


# --------------------------------------------------------------------------------------------------------- uplinks


def device_id(payload, config=None):
    """The serial number in the payload as 12 lower-case hexadecimal digits."""
    return _device_id(_uplink(payload, config)[1])


def parse(payload, config=None):
    """Outputs of an uplink to the data, device information or configuration endpoint."""
    endpoint, message = _uplink(payload, config)
    serial = _device_id(message)
    if endpoint == "m":
        return _measurements(message, serial)
    if endpoint == "i":
        return [_device_info(message, serial)]
    return [_configuration(message, serial)]


def _uplink(payload, config):
    path = ((config or {}).get("metadata") or {}).get("uri_path") or "/m"
    endpoint = path.strip("/").split("/")[-1] if isinstance(path, str) else None
    if endpoint == "m":
        message = proto_measurements_pb2.ProtoMeasurements()
    elif endpoint == "i":
        message = proto_device_info_pb2.ProtoDeviceInfo()
    elif endpoint == "c":
        message = proto_config_pb2.ProtoConfig()
    else:
        raise _must("uri_path", "a path that ends in m, i or c", path)
    try:
        message.ParseFromString(bytes(payload))
    except Exception:  # the protobuf runtimes have no error class in common
        raise ValueError(f"payload of {len(payload)} bytes is not an Efento message for endpoint {endpoint}") from None
    return endpoint, message


def _device_id(message):
    if len(message.serial_number) != SERIAL_LENGTH:
        raise ValueError(f"serial_number must have {SERIAL_LENGTH} bytes but had {len(message.serial_number)}")
    return message.serial_number.hex()


def _period(base, factor, kinds):
    """Seconds between samples of a continuous channel; an absent factor means 14 beside a binary one, else 1."""
    return base * (factor or (14 if BINARY in kinds else 1))


def _kind(number):
    return QUANTITIES[number][3] if number in QUANTITIES else RAW


def _quantity(number):
    return QUANTITIES[number][0] if number in QUANTITIES else f"type_{number}"


def _measurements(message, serial):
    kinds = [_kind(channel.type) for channel in message.channels]
    period = _period(message.measurement_period_base, message.measurement_period_factor, kinds)
    outputs = [_status(message, serial, period)]
    for index, channel in enumerate(message.channels):
        if channel.type == types_pb2.MEASUREMENT_TYPE_NO_SENSOR:
            continue
        about = {"device_id": serial, "channel": index + 1, "quantity": _quantity(channel.type)}
        if kinds[index] == BINARY:
            outputs.extend(_states(channel, about))
        else:
            outputs.extend(_samples(channel, about, period))
    return outputs


def _status(message, serial, period):
    reason = message.transfer_reason
    reasons = [
        word
        for bit, word in (
            (0, "reset"),
            (1, "button"),
            (2, "bluetooth"),
            (20, "limit_end"),
            (21, "pin_tamper"),
            (22, "enclosure_tamper"),
            (23, "shutdown"),
        )
        if reason >> bit & 1
    ]
    status = {
        "type": "status",
        "device_id": serial,
        "battery_ok": bool(message.battery_status),
        "measurement_interval": period,
        "configuration_hash": message.configuration_hash,
        "transfer_reason": reason,
        "transfer_reasons": reasons,
        "transfer_rules": _numbers(reason >> 8 & 0xFFF),
        "transfer_retries": reason >> 3 & 0x1F,
    }
    if message.next_transmission_at:
        status["next_transmission_at"] = _utc(message.next_transmission_at)
    if message.extended_configuration_hash:
        status["extended_configuration_hash"] = message.extended_configuration_hash
    if message.signal:
        status["signal"] = message.signal
    if message.battery_level:
        hundredths, supply = divmod(message.battery_level, 6)
        if hundredths != 10921:
            status["battery_voltage"] = hundredths / 100
        status["power_supply"] = {0: "battery", 1: "rechargeable_battery", 2: "external"}.get(supply, supply)
    if message.cloud_token:
        status["cloud_token"] = message.cloud_token
    return status


def _samples(channel, about, period):
    _, unit, steps, kind = QUANTITIES.get(channel.type, QUANTITIES[0])[:4]
    if len(channel.sample_offsets) > 1 and not period:
        raise ValueError("measurement_period_base must be at least 1 but was absent")
    outputs = []
    for index, offset in enumerate(channel.sample_offsets):
        output = {"type": "measurement"}
        output.update(about)
        output["unit"] = unit
        output["time"] = _utc(channel.timestamp + index * period)
        if ERROR_CODES[0] <= offset <= ERROR_CODES[1]:
            output["error"] = int(offset)
        else:
            raw = channel.start_point + offset
            if kind in DIVISORS:
                whole, remainder = divmod(abs(raw), DIVISORS[kind])
                output["value"] = -whole if raw < 0 else whole
                if kind in CALIBRATION:
                    output["calibration"] = CALIBRATION[kind][remainder]
                elif kind == MAJOR:
                    output["counter_status"] = COUNTER_STATUS[remainder]
                else:
                    output["major_channel_index"] = remainder
            else:
                output["value"] = _physical(raw, steps)
        outputs.append(output)
    return outputs


def _states(channel, about):
    """The first and the last entry delimit the window; `changed` marks the entries where the state became another."""
    outputs = []
    before = None
    for offset in channel.sample_offsets:
        if offset == 0:
            raise ValueError(f"channel {about['channel']} is binary and must have offsets other than 0")
        active = offset > 0
        output = {"type": "state"}
        output.update(about)
        output["value"] = active
        output["state"] = BINARY_STATES[channel.type][1 if active else 0]
        output["changed"] = before is not None and active != before
        output["time"] = _utc(channel.timestamp + abs(offset) - 1)
        outputs.append(output)
        before = active
    return outputs


UPDATE_STATUS = {
    1: "not_checked",
    2: "no_error",
    3: "udp_socket_error",
    4: "invalid_hash",
    5: "missing_packet",
    6: "invalid_data",
    7: "sending_timeout",
    8: "no_software_to_update",
    9: "sending_error",
    10: "unexpected_error",
}
MODEMS = {
    proto_device_info_pb2.MODEM_TYPE_BC66: "bc66",
    proto_device_info_pb2.MODEM_TYPE_BC66NA: "bc66na",
    proto_device_info_pb2.MODEM_TYPE_SHARED_MODEM: "shared",
    proto_device_info_pb2.MODEM_TYPE_BC660: "bc660",
}
# In the modem's parameters, in this order: (name, number that means unknown)
RADIO = (("rsrp_dbm", 0), ("rsrq_db", 0), ("rssi_dbm", 0), ("sinr_db", 31))
TAMPER = ("inactive", "active", "was_active")


def _device_info(message, serial):
    info = {"type": "device_info", "device_id": serial}
    if message.sw_version:
        info["software_version"] = "%02d.%02d" % (message.sw_version >> 8, message.sw_version & 0xFF)
    if message.commit_id:
        info["commit_id"] = message.commit_id
    if message.HasField("runtime_info"):
        info["runtime"] = _runtime(message.runtime_info)
    if message.HasField("modem"):
        info["modem"] = _modem(message.modem)
    if len(message.memory_statistics):
        info["memory_statistics"] = [int(item) for item in message.memory_statistics]
    if message.HasField("last_update_info"):
        update = message.last_update_info
        info["last_update"] = {"status": UPDATE_STATUS.get(update.status, update.status)}
        if update.timestamp:
            info["last_update"]["time"] = _utc(update.timestamp)
    if message.enclosure_tamper_alert:
        alert = message.enclosure_tamper_alert
        info["enclosure_tamper"] = TAMPER[alert] if alert < len(TAMPER) else alert
    if message.cloud_token:
        info["cloud_token"] = message.cloud_token
    return info


def _runtime(runtime):
    found = {
        "up_time": runtime.up_time,
        "mcu_temperature": runtime.mcu_temperature,
        "min_mcu_temperature": runtime.min_mcu_temperature,
        "max_mcu_temperature": runtime.max_mcu_temperature,
        "runtime_errors": [int(code) for code in runtime.runtime_errors],
    }
    counters = [int(count) for count in runtime.message_counters]
    if len(counters) == 3:
        found["messages"] = {"confirmable": counters[0], "non_confirmable": counters[1], "successful": counters[2]}
    if runtime.battery_voltage and runtime.battery_voltage != 65535:
        found["battery_voltage"] = runtime.battery_voltage / 1000
    if runtime.reset_counter:
        found["resets"] = runtime.reset_counter
    return found


def _modem(modem):
    found = {"model": MODEMS.get(modem.type, modem.type), "parameters": [int(item) for item in modem.parameters]}
    first = 0 if modem.type == proto_device_info_pb2.MODEM_TYPE_SHARED_MODEM else 4
    for (name, unknown), value in zip(RADIO, found["parameters"][first:]):
        if modem.type and value != unknown:
            found[name] = value
    if modem.sim_card_identification and modem.sim_card_identification != DEL:
        found["sim_card"] = modem.sim_card_identification
    if modem.firmware_version:
        found["firmware_version"] = modem.firmware_version
    if modem.modem_identification:
        found["identification"] = modem.modem_identification
    if len(modem.modem_statistics):
        found["statistics"] = [int(item) for item in modem.modem_statistics]
    return found


def _configuration(message, serial):
    """`settings` has the keys of a config_update and can be sent as one."""
    kinds = [_kind(number) for number in message.channel_types]
    configuration = {
        "type": "configuration",
        "device_id": serial,
        "configuration_hash": message.configuration_hash,
        "errors": [int(code) for code in message.configuration_errors],
        "channel_types": [_quantity(number) for number in message.channel_types],
    }
    if message.configuration_hash_timestamp:
        configuration["changed_at"] = _utc(message.configuration_hash_timestamp)
    if message.configuration_error_timestamp:
        configuration["errors_at"] = _utc(message.configuration_error_timestamp)
    if message.payload_split_info:
        split = message.payload_split_info
        configuration["part"] = {"number": abs(split), "last": split > 0}
    if message.nvm_status and message.nvm_status != ClearNvm.CLEAR:
        words = {1: "defaults_restored", 2: "initialization_error"}
        configuration["nvm_status"] = words.get(message.nvm_status, message.nvm_status)
    for key in ("encryption_key", "network_key"):
        if getattr(message, key) not in (b"", b"\x7f"):
            configuration[key + "_hash"] = getattr(message, key).hex()
    if message.measurement_period_base:
        configuration["measurement_interval"] = _period(
            message.measurement_period_base, message.measurement_period_factor, kinds
        )
    settings = {}
    for key, setting in SETTINGS.items():
        value = setting.get(message)
        if value is not None:
            settings[key] = value
    if settings.get("cloud_token_config", "given") != "given":
        settings.pop("cloud_token", None)  # the sensor's IMEI, not a setting
    configuration["settings"] = settings
    return configuration
