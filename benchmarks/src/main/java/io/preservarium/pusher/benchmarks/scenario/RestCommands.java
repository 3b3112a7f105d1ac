package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.HttpConnections;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.platform.Pusher;
import io.preservarium.pusher.benchmarks.platform.PythonVenv;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Ratio;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commands posted one by one over connections that stay open: to the pusher, whose connectors take them up meanwhile; to
 * a bare Quarkus service that only produces them; to the FastAPI service of the first plan; and to the pusher again while
 * its connectors are stopped, which is the door alone.
 */
final class RestCommands {

    private static final double WANTED = 0.7;
    private static final String BARE = "Quarkus → Kafka";
    private static final String BARE_ALONE = "Quarkus → Kafka, connectors stopped";
    private static final String FASTAPI = "FastAPI + aiokafka";
    private static final String PUSHER = "pusher";
    private static final String DOOR = "pusher, connectors stopped";
    private static final String TOPIC = "bench_rest_commands";
    private static final String PATH = "/api/v1/commands";
    private static final int BARE_PORT = 8010;
    private static final int FASTAPI_PORT = 8011;

    private final Workplace at;
    private final int devices;
    private final List<String> notes = new ArrayList<>();

    RestCommands(Workplace at) {
        this.at = at;
        this.devices = at.options().devices(10_000, 1_000);
    }

    Result run() throws Exception {
        if (at.options().baselines()) {
            try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock())) {
                writer.createLikeCommands(TOPIC);
            }
        }
        List<Contender> all = new ArrayList<>();
        all.add(pusher(PUSHER));
        if (at.options().baselines()) {
            all.add(bare(BARE));
            switch (Baselines.python(at)) {
                case PythonVenv.Made.Ready ready -> all.add(fastApi(ready.venv()));
                case PythonVenv.Made.Missing missing -> notes.add("no Python baseline: " + missing.why());
            }
        }
        List<Contestant> contestants = new ArrayList<>(new Comparison(at, all).run());
        List<Ratio> ratios = new ArrayList<>(Comparison.ratios(contestants, Map.of(BARE, WANTED)));
        if (at.recorder().isEmpty()) {
            // A recorder would wait for ever for connectors that stand still.
            List<Contestant> alone = doorAlone();
            contestants.addAll(alone);
            ratios.addAll(Comparison.ratios(alone, Map.of()));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("connections", Integer.toString(at.options().connections()));
        settings.put("seconds per round", Integer.toString(at.options().seconds()));
        settings.put("devices", Integer.toString(devices));
        settings.put("body", new Body("x").of(0).length() + " bytes");
        return new Result(
                Scenario.REST.word(), Scenario.REST.question(), settings, contestants, ratios, List.of(), notes);
    }

    /** Nobody reads what is accepted, as nobody reads what the baseline produces. */
    private List<Contestant> doorAlone() throws Exception {
        List<Contender> contenders = new ArrayList<>();
        at.pusher().signal(Pusher.COAP, "STOP");
        at.pusher().signal(Pusher.MQTT, "STOP");
        try {
            contenders.add(pusher(DOOR));
            if (at.options().baselines()) {
                contenders.add(bare(BARE_ALONE));
            }
            return new Comparison(at, contenders).run();
        } finally {
            at.pusher().signal(Pusher.COAP, "CONT");
            at.pusher().signal(Pusher.MQTT, "CONT");
        }
    }

    /** What is posted in a round: commands that wait for their devices. */
    private final class Body {

        private final Commands commands;

        Body(String run) {
            commands = Commands.coap(run, at.options().script(), devices, devices);
        }

        String of(int n) {
            return commands.body(n);
        }
    }

    private Contender pusher(String name) {
        return new Door(name, at.pusher().rest()) {
            @Override
            public Map<String, Long> processes() throws IOException {
                return at.pusher().processes();
            }
        };
    }

    private Contender bare(String name) throws IOException, InterruptedException {
        InetSocketAddress address = address(BARE_PORT);
        List<String> command = new ArrayList<>(Child.javaCommand(384));
        command.addAll(List.of(
                "-jar",
                at.root()
                        .resolve("benchmarks/baselines/quarkus-rest/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        Map<String, String> environment = Map.of(
                "HTTP_PORT",
                Integer.toString(address.getPort()),
                "KAFKA_BOOTSTRAP_SERVERS",
                at.pusher().kafka(),
                "TOPIC",
                TOPIC);
        return childDoor(name, address, Child.start("bare-quarkus", command, environment, at.log("bare-quarkus")));
    }

    private Contender fastApi(PythonVenv venv) throws IOException, InterruptedException {
        InetSocketAddress address = address(FASTAPI_PORT);
        List<String> command = List.of(
                venv.python().toString(),
                at.root().resolve("benchmarks/baselines/fastapi_service.py").toString(),
                "--kafka",
                at.pusher().kafka(),
                "--topic",
                TOPIC,
                "--port",
                Integer.toString(address.getPort()));
        return childDoor(
                FASTAPI,
                address,
                Child.start("fastapi", command, Map.of("PYTHONDONTWRITEBYTECODE", "1"), at.log("fastapi")));
    }

    private Contender childDoor(String name, InetSocketAddress address, Child child)
            throws IOException, InterruptedException {
        child.awaitListening(address, Child.START);
        return new ChildDoor(name, address, child);
    }

    private InetSocketAddress address(int port) {
        return new InetSocketAddress("127.0.0.1", port + at.options().portOffset());
    }

    /** Where commands are posted. */
    private abstract class Door implements Contender {

        private final String name;
        private final InetSocketAddress address;

        Door(String name, InetSocketAddress address) {
            this.name = name;
            this.address = address;
        }

        @Override
        public String name() {
            return name;
        }

        /** Connections are opened for the round: a server may close one that is idle during the others' rounds. */
        @Override
        public Round run(int number) throws IOException {
            try (HttpConnections connections =
                    new HttpConnections(address, PATH, at.options().connections())) {
                HttpConnections.Answers answers = connections.run(
                        new Body(at.newRun("rest"))::of,
                        Duration.ofSeconds(at.options().seconds()));
                if (answers.refused() > 0) {
                    notes.add(name + ", round " + number + ": " + answers.refused() + " refused");
                }
                return answers.round();
            }
        }

        @Override
        public void close() throws InterruptedException {
            // The pusher is stopped by whoever started it.
        }
    }

    /** A baseline in a process of its own. */
    private final class ChildDoor extends Door {

        private final Child child;

        ChildDoor(String name, InetSocketAddress address, Child child) {
            super(name, address);
            this.child = child;
        }

        @Override
        public Map<String, Long> processes() throws IOException {
            return Baselines.withBrokers(at, "baseline", child);
        }

        @Override
        public void close() throws InterruptedException {
            child.close();
        }
    }
}
