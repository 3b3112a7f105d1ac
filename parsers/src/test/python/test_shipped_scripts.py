#!/usr/bin/python3
"""Runs the examples of every shipped Python script on CPython with Google's protobuf.

The same examples run in the service's own runtime; that both agree is what makes "byte-identical to Google's" a fact.
Needs protoc and python3-protobuf: /usr/bin/python3 parsers/src/test/python/test_shipped_scripts.py
"""

import ast
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from unittest import mock

SCRIPTS = pathlib.Path(__file__).resolve().parents[3] / "scripts"
SUFFIX = ".examples.json"
ALLOWED_IMPORTS = ("json", "struct", "time")


def compile_protos(folder, target):
    protos = sorted(folder.glob("*.proto"))
    if protos:
        names = [proto.name for proto in protos]
        subprocess.run(["protoc", f"-I{folder}", f"--python_out={target}", *names], check=True)


def outcome(function, example):
    """What the script made of the example, in the terms of the examples file."""
    config = example.get("config", {})
    subject = example["command"] if function.__name__ == "format_command" else bytes.fromhex(example["payload"])
    now = example.get("now", "1970-01-01T00:00:00Z")
    epoch = datetime.strptime(now, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
    try:
        with mock.patch.object(time, "time", lambda: epoch):
            result = function(subject, config)
    except ValueError as error:
        return {"error": str(error)}
    if result is None:
        return {"unknown": True}
    if function.__name__ == "format_command":
        return {"bytes": bytes(result).hex()}
    return {"outputs" if function.__name__ == "parse" else "output": result}


def same(wanted, found):
    """Equal as JSON: true is not 1, and 1 is not 1.0."""
    return json.dumps(wanted, sort_keys=True) == json.dumps(found, sort_keys=True)


def check(script, example):
    """None, or what is wrong."""
    found = outcome(getattr(script, example["function"]), example)
    kind = next(iter(found))
    wanted = {key: example[key] for key in ("bytes", "error", "unknown", "outputs", "output") if key in example}
    if len(wanted) != 1:
        return "must have exactly one expectation"
    if kind in wanted and (wanted["error"] in found["error"] if kind == "error" else same(wanted, found)):
        return None
    return f"wanted {json.dumps(wanted, ensure_ascii=False)}\n      found  {json.dumps(found, ensure_ascii=False)}"


def is_reportable(example):
    """Not an error, not a short form, and without secrets, which a sensor reports as a hash."""
    command = example.get("command", {})
    secrets = {"encryption_key", "network_key"}.intersection(command.get("payload", {}))
    return "bytes" in example and command.get("command_type") == "config_update" and not secrets


def settings_survive_a_report(script, example):
    """A sensor's report of a configuration, sent back as config_update, is the same configuration."""
    serial = bytes.fromhex("ca0106282c02424eed")
    sent = bytes.fromhex(example["bytes"])
    report = script.parse(sent + serial, {"metadata": {"uri_path": "/c"}})[0]
    timed = example["command"].get("payload", {}).get("current_time", True)
    again = outcome(
        script.format_command,
        {**example, "command": {"command_type": "config_update", "payload": {**report["settings"], "current_time": timed}}},
    )
    return None if again == {"bytes": example["bytes"]} else f"reported as {report['settings']}\n      came back as {again}"


def foreign_imports(path):
    allowed = {f"{proto.stem}_pb2" for proto in path.parent.glob("*.proto")}.union(ALLOWED_IMPORTS)
    used = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            used.add(node.module)
    return used - allowed


def main():
    passed = failed = 0
    sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory() as target:
        sys.path.insert(0, target)
        for path in sorted(SCRIPTS.glob("*/*.py")):
            reference = path.relative_to(SCRIPTS)
            compile_protos(path.parent, target)
            sys.path.insert(0, str(path.parent))
            script = importlib.import_module(path.stem)
            examples = json.loads((path.parent / (path.name + SUFFIX)).read_text(encoding="utf-8"))["examples"]
            results = [("imports only what the runtime has", ", ".join(sorted(foreign_imports(path))) or None)]
            names = [example["name"] for example in examples]
            results.append(("example names are unique", None if len(set(names)) == len(names) else str(names)))
            for example in examples:
                results.append((example["name"], check(script, example)))
                if path.stem == "efento_bidirectional_parser" and is_reportable(example):
                    results.append((example["name"] + ", reported back", settings_survive_a_report(script, example)))
            for name, wrong in results:
                passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
                if wrong:
                    print(f"FAILED {reference}: {name}\n      {wrong}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
