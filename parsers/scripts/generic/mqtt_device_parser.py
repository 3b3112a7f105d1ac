"""Any device that takes its commands as JSON and answers in JSON objects, over MQTT or CoAP."""

import json

# Made once: json.dumps makes one for every command.
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def format_command(command, config=None):
    """The command as compact UTF-8 JSON, keys sorted at every level: the same command is always the same bytes."""
    command_type = command.get("command_type")
    if not isinstance(command_type, str) or not command_type:
        raise ValueError("command_type must be a text with at least one character")
    payload = command.get("payload")
    if payload is None:
        payload = {}
    if not isinstance(payload, dict):
        raise ValueError("payload must be an object")
    message = {"command_type": command_type, "payload": payload}
    for key in ("request_id", "timestamp"):
        if command.get(key) is not None:
            message[key] = command[key]
    return _JSON.encode(message).encode("utf-8")


def parse(payload, config=None):
    """One output: the JSON object that the device sent."""
    try:
        message = json.loads(bytes(payload).decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"payload of {len(payload)} bytes is not JSON: {error}") from None
    if not isinstance(message, dict):
        raise ValueError("payload must be a JSON object")
    return [message]


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")
