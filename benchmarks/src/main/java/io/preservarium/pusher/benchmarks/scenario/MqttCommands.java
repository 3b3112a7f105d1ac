package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.baseline.BareMqttPublisher;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.platform.PythonVenv;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commands written to Kafka in one go, until the broker has acknowledged the last publish and every {@code sent} is in
 * Kafka. Beside it a Python consumer with the same script and the same in-flight window, and the MQTT client alone.
 */
final class MqttCommands {

    /** MQTT_IN_FLIGHT, the connector's default. */
    private static final int IN_FLIGHT = 100;

    private static final double WANTED = 0.5;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PUSHER = "pusher";
    private static final String PYTHON = "confluent-kafka + paho, same script";
    private static final String BARE = "hivemq-mqtt-client alone";
    private static final String TOPIC = "bench_mqtt_commands";

    private final Workplace at;
    private final int count;
    private final int devices;
    private final List<String> notes = new ArrayList<>();

    MqttCommands(Workplace at) {
        this.at = at;
        this.count = at.options().commands(50_000, 1_000);
        this.devices = at.options().devices(1_000, 50);
    }

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka())) {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Ours(writer, evidence));
            if (at.options().baselines()) {
                writer.createLikeCommands(TOPIC);
                switch (Baselines.python(at)) {
                    case PythonVenv.Made.Ready ready -> contenders.add(new PythonConsumer(ready.venv(), writer));
                    case PythonVenv.Made.Missing missing -> notes.add("no Python baseline: " + missing.why());
                }
                contenders.add(new Bare());
            }
            List<Contestant> contestants = new Comparison(at, contenders).run();
            return new Result(
                    Scenario.MQTT.word(),
                    Scenario.MQTT.question(),
                    settings(),
                    contestants,
                    Comparison.ratios(contestants, Map.of(PYTHON, WANTED)),
                    List.of(),
                    notes);
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("commands", Integer.toString(count));
        settings.put("devices", Integer.toString(devices));
        settings.put("QoS", "1");
        settings.put("in flight", Integer.toString(IN_FLIGHT));
        settings.put("script", at.options().script());
        return settings;
    }

    private Commands commands(String run) {
        return Commands.mqtt(at.newRun(run), at.options().script(), devices, count);
    }

    private final class Ours implements Contender {

        private final KafkaWriter writer;
        private final Evidence evidence;

        Ours(KafkaWriter writer, Evidence evidence) {
            this.writer = writer;
            this.evidence = evidence;
        }

        @Override
        public String name() {
            return PUSHER;
        }

        @Override
        public Map<String, Long> processes() throws IOException {
            return at.pusher().processes();
        }

        @Override
        public Round run(int number) throws IOException, InterruptedException {
            Commands commands = commands("mqtt" + number + "x");
            Tally tally = evidence.follow(commands);
            long start = System.nanoTime();
            writer.write(commands);
            tally.awaitAll("sent", PATIENCE);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            evidence.forget(tally);
            if (tally.repeated() > 0) {
                notes.add("round " + number + ": " + tally.repeated() + " events said something again");
            }
            return Round.of(count, took);
        }

        @Override
        public void close() {
            // The pusher is stopped by whoever started it.
        }
    }

    private final class PythonConsumer implements Contender {

        private final Child child;
        private final KafkaWriter writer;
        private long written;

        PythonConsumer(PythonVenv venv, KafkaWriter writer) throws IOException, InterruptedException {
            this.writer = writer;
            this.child = Child.start(
                    "paho-consumer",
                    List.of(
                            venv.python().toString(),
                            at.root()
                                    .resolve("benchmarks/baselines/paho_consumer.py")
                                    .toString(),
                            "--kafka",
                            at.pusher().kafka(),
                            "--topic",
                            TOPIC,
                            "--mqtt-port",
                            Integer.toString(at.pusher().mqtt().getPort()),
                            "--in-flight",
                            Integer.toString(IN_FLIGHT),
                            "--scripts",
                            at.root().resolve("parsers/scripts").toString()),
                    Map.of("PYTHONDONTWRITEBYTECODE", "1"),
                    at.log("paho-consumer"));
            child.await("ready", Child.START);
        }

        @Override
        public String name() {
            return PYTHON;
        }

        @Override
        public Map<String, Long> processes() throws IOException {
            return Baselines.withBrokers(at, "baseline", child);
        }

        @Override
        public Round run(int number) throws IOException, InterruptedException {
            Commands commands = commands("paho" + number + "x");
            long start = System.nanoTime();
            writer.write(TOPIC, commands);
            written += count;
            while (Long.parseLong(child.await("acked", PATIENCE)) < written) {
                // It was idle in between.
            }
            return Round.of(count, Duration.ofNanos(System.nanoTime() - start));
        }

        @Override
        public void close() throws InterruptedException {
            child.close();
        }
    }

    private final class Bare implements Contender {

        /** About what the script makes of a command. */
        private static final int BYTES = 150;

        private final Child child;

        Bare() throws IOException, InterruptedException {
            this.child = Child.start(
                    "bare-mqtt",
                    Child.java(
                            BareMqttPublisher.class,
                            256,
                            at.pusher().mqtt().getHostString(),
                            Integer.toString(at.pusher().mqtt().getPort()),
                            Integer.toString(IN_FLIGHT)),
                    Map.of(),
                    at.log("bare-mqtt"));
            child.await("ready", Child.START);
        }

        @Override
        public String name() {
            return BARE;
        }

        @Override
        public Map<String, Long> processes() throws IOException {
            return Baselines.withBrokers(at, "baseline", child);
        }

        @Override
        public Round run(int number) throws IOException, InterruptedException {
            long start = System.nanoTime();
            child.say("publish " + count + " " + devices + " " + BYTES);
            child.await("acked " + count, PATIENCE);
            return Round.of(count, Duration.ofNanos(System.nanoTime() - start));
        }

        @Override
        public void close() throws InterruptedException {
            child.close();
        }
    }
}
