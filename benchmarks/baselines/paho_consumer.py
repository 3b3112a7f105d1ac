"""A plain consumer as the old module had it: Kafka -> parser script -> MQTT, QoS 1. No store, no states, no order.

Tells 'ready' when it has its partitions, and 'acked N' when nothing is on the way: N publishes have been acknowledged.
"""

import argparse
import importlib.util
import json
import pathlib
import threading

import confluent_kafka
import paho.mqtt.client as mqtt


def load(scripts, ref, cache={}):
    if ref not in cache:
        path = next(pathlib.Path(scripts).rglob(ref))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cache[ref] = module.format_command
    return cache[ref]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kafka", required=True)
    arguments.add_argument("--topic", required=True)
    arguments.add_argument("--mqtt-port", type=int, required=True)
    arguments.add_argument("--in-flight", type=int, required=True)
    arguments.add_argument("--scripts", required=True)
    options = arguments.parse_args()

    lock = threading.Lock()
    acked = 0
    taken = 0

    def on_publish(client, userdata, mid, reason_code, properties):
        nonlocal acked
        with lock:
            acked += 1
            idle = acked == taken
        if idle:
            print("acked", acked, flush=True)

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="bench-paho", protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(options.in_flight)
    client.max_queued_messages_set(0)
    client.on_publish = on_publish
    client.connect("127.0.0.1", options.mqtt_port)
    client.loop_start()

    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": options.kafka, "group.id": "bench-paho", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([options.topic], on_assign=lambda *_: print("ready", flush=True))
    while True:
        for record in consumer.consume(500, 0.05):
            if record.error():
                continue
            command = json.loads(record.value())
            data = load(options.scripts, command["parser_script_ref"])(command, {})
            with lock:
                taken += 1
            client.publish(command["metadata"]["topic"], data, qos=1)


if __name__ == "__main__":
    main()
