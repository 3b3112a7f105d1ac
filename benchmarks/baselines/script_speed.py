"""Calls thirty_four_bytes.py as often as it can: "run SECONDS" is answered with "ran COUNT NANOSECONDS"."""
import importlib.util
import json
import sys
import time

spec = importlib.util.spec_from_file_location("script", sys.argv[1])
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)
command = json.loads(sys.argv[2])
config = {"metadata": {}}
print("ready " + bytes(script.format_command(command, config)).hex(), flush=True)
for line in sys.stdin:
    begin = time.perf_counter_ns()
    end = begin + int(line.split()[1]) * 1_000_000_000
    count = 0
    while time.perf_counter_ns() < end:
        for _ in range(100):
            script.format_command(command, config)
        count += 100
    print(f"ran {count} {time.perf_counter_ns() - begin}", flush=True)
