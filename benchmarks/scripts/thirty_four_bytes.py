"""Thirty-four bytes from a few fields, about what a sensor's configuration takes."""
import struct


def format_command(command, config):
    payload = command["payload"]
    name = payload["name"].encode()[:16]
    flags = 0
    for bit, key in enumerate(("encrypted", "urgent", "reply")):
        if payload.get(key):
            flags |= 1 << bit
    thresholds = payload["thresholds"]
    return struct.pack(
        ">BBHIhhff", 1, flags, payload["interval"], payload["time"], thresholds[0], thresholds[1],
        payload["gain"], config.get("offset", 0.5),
    )[:18].ljust(18, b"\0") + name.ljust(16, b"\0")
