"""Random messages of three schemas and what becomes of them. Runs on CPython with Google's protobuf, which writes random_messages.txt, and
in the service's runtime, which must give the same. Needs protobuf and grpcio-tools from PyPI: python3 random_messages.py."""

import hashlib
import json
import random
import struct

import all_types_pb2
import legacy_pb2
import proto_config_pb2
from google.protobuf import json_format

COUNT = 600

# name:kind, * repeated, % a map; m.X is a message of the table, e an open and c a closed enum.
FIELDS = {
    "Everything": """i32:i32 i64:i64 u32:u32 u64:u64 s32:i32 s64:i64 f32:u32 f64:u64 sf32:i32 sf64:i64 flt:f dbl:d flag:b text:s data:y unit:e
        point:m.Point numbers*:i32 words*:s path*:m.Point units*:e counts%:s,i32 places%:i32,m.Point maybe:i32 number:i32 name:s spot:m.Point
        unpacked*:i32 inner:m.Inner level:e levels%:s,e""",
    "Point": "x:i32 y:i32",
    "Inner": "deeper:m.Inner levels*:e note:s",
    "Old": "id:i32 label:s mode:c values*:i32 big:i64 ratio:f",
    "Config": """serial_number:y configuration_errors*:u32 configuration_hash:u32 payload_split_info:i32 device_info_request:b current_time:u32
        update_modem_request:s set_output_control_state_request*:m.State measurement_period_base:u32 transmission_interval:u32 apn:s
        cloud_token:s dns_server_ip*:u32 network_key:y network_search:m.Search ble_advertising_period:m.Period""",
    "State": "channel_index:u32 channel_state:u32",
    "Search": "time_schema_last_registration_ok*:u32 disable_period_base:u32 counter_max:u32",
    "Period": "mode:e normal:u32 fast:u32",
}
SCHEMAS = {"Everything": all_types_pb2.Everything, "Old": legacy_pb2.Old, "Config": proto_config_pb2.ProtoConfig}
WRONG = [None, "text", b"bytes", 1.5, -1, 2**31, 2**63, 2**64, True, [], {}, "\ud800", b"\xff"]


def _integer(r, low, high):
    return r.choice((0, 1, low, high, r.randint(low, high), max(low, -1), r.randint(max(low, -200), 200)))


def _value(r, kind, depth):
    if kind[0] in "iu":
        bits = int(kind[1:])
        return _integer(r, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if kind[0] == "i" else _integer(r, 0, 2**bits - 1)
    if kind == "b":
        return r.random() < 0.5
    if kind == "e":
        return r.choice((0, 1, 2, 5, -1, 77))
    if kind == "c":
        return r.choice((1, 2))
    if kind == "d":
        return r.choice((0.0, -0.0, 0.1, 1e300, float("inf"), r.uniform(-1e6, 1e6), struct.unpack("<d", struct.pack("<Q", r.getrandbits(62)))[0]))
    if kind == "f":
        return r.choice((0.0, -0.0, 0.5, float("-inf"), r.randint(-1000, 1000) / 8))
    if kind == "s":
        return "".join(r.choice("ab \"'\\\n\t\u00e9\u20ac\U0001f600\x00~") for _ in range(r.randint(0, 12)))
    return bytes(r.getrandbits(8) for _ in range(r.randint(0, 9)))


def _fill(r, message, name, depth):
    for field in FIELDS[name].split():
        label, _, kind = field.partition(":")
        if r.random() < 0.6:
            continue
        if label[-1] == "*":
            many = getattr(message, label[:-1])
            for _ in range(r.randint(0, 4)):
                if kind[0] == "m":
                    _fill(r, many.add(), kind[2:], depth + 1)
                else:
                    many.append(_value(r, kind, depth))
        elif label[-1] == "%":
            many = getattr(message, label[:-1])
            key, value = kind.split(",")
            for _ in range(r.randint(0, 3)):
                if value[0] == "m":
                    _fill(r, many[_value(r, key, depth)], value[2:], depth + 1)
                else:
                    many[_value(r, key, depth)] = _value(r, value, depth)
        elif kind[0] == "m":
            if depth < 4:
                part = getattr(message, label)
                part.SetInParent()
                _fill(r, part, kind[2:], depth + 1)
        else:
            setattr(message, label, _value(r, kind, depth))


def _said(action):
    try:
        result = action()
    except Exception as error:
        return type(error).__name__
    return result.hex() if isinstance(result, bytes) else str(result)


def _reparsed(kind, data):
    message = kind()
    message.ParseFromString(data)
    return message.SerializePartialToString(deterministic=True)


def _known_part(kind, data):
    """Fields that nobody knows are kept, but not in their order; texts of proto2 that are no UTF-8 are replaced."""
    message = kind()
    message.ParseFromString(data)
    message.DiscardUnknownFields()
    if kind is legacy_pb2.Old:
        message.ClearField("label")
    return message.SerializePartialToString(deterministic=True)


def _through_json(kind, message):
    text = json_format.MessageToJson(message)
    if "-0.0" in text:
        return b"protobuf-java reads it as 0.0"
    return json_format.Parse(text, kind()).SerializePartialToString(deterministic=True)


def what_becomes_of(schema, seed):
    r = random.Random(seed)
    kind = SCHEMAS[schema]
    message = kind()
    _fill(r, message, schema, 0)
    said = [_said(lambda: message.SerializeToString(deterministic=True)), str(message)]
    data = message.SerializePartialToString(deterministic=True)
    said.append(_said(lambda: _reparsed(kind, data)))
    again = kind()
    again.MergeFromString(data)
    said += [str(again == message), _said(message.ByteSize), str([field.name for field, _ in message.ListFields()])]
    again.MergeFrom(message)
    said.append(again.SerializePartialToString(deterministic=True).hex())
    for _ in range(4):
        said.append(_said(lambda: _known_part(kind, data[: r.randint(0, len(data))])))
    for field in FIELDS[schema].split():
        label = field.partition(":")[0]
        if label.isidentifier():
            wrong = r.choice(WRONG)
            said.append(_said(lambda: setattr(kind(), label, wrong)))
    said.append(_said(lambda: json.dumps(json_format.MessageToDict(message), sort_keys=True)))
    said.append(
        _said(
            lambda: json.dumps(
                json_format.MessageToDict(message, preserving_proto_field_name=True, use_integers_for_enums=True), sort_keys=True
            )
        )
    )
    said.append(_said(lambda: _through_json(kind, message)))
    return said


def digest(schema, seed):
    return hashlib.sha256("\n".join(what_becomes_of(schema, seed)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def format_command(command):
    payload = command["payload"]
    if payload.get("told"):
        return "\n".join(what_becomes_of(payload["schema"], payload["seed"])).encode("utf-8", "replace")
    return digest(payload["schema"], payload["seed"]).encode()


if __name__ == "__main__":
    with open("random_messages.txt", "w", encoding="ascii") as file:
        for schema in SCHEMAS:
            for seed in range(COUNT):
                file.write(f"{schema} {seed} {digest(schema, seed)}\n")
