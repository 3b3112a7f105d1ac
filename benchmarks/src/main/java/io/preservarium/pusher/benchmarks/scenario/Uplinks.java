package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.baseline.CaliforniumToKafka;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.RoundRobin;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.platform.Pusher;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Confirmable uplinks of devices for which no command waits: to the pusher, or to the bare Californium server. */
final class Uplinks implements Contender {

    static final String BASELINE = "Californium → Kafka";

    /** Enough that no port uses its message ids up in a round. */
    static final int PORTS = 256;

    /** What a sensor has to say. */
    static final byte[] PAYLOAD = "{\"temperature\":21.5,\"humidity\":48}".getBytes(StandardCharsets.UTF_8);

    private static final String TOPIC = "bench_uplinks";
    private static final int BASELINE_PORT = 5684;

    /** What has to be closed beside the fleet. */
    private interface Server extends AutoCloseable {
        Map<String, Long> processes() throws IOException;

        @Override
        void close() throws InterruptedException;
    }

    private final Workplace at;
    private final String name;
    private final int devices;
    private final Server server;
    private final CoapFleet fleet;

    private Uplinks(Workplace at, String name, InetSocketAddress address, int devices, Server server)
            throws IOException {
        this.at = at;
        this.name = name;
        this.devices = devices;
        this.server = server;
        String run = at.newRun("up");
        this.fleet = new CoapFleet(
                address,
                Math.min(PORTS, devices),
                n -> io.preservarium.pusher.benchmarks.load.Commands.device(run, n),
                PAYLOAD);
    }

    static Uplinks toPusher(Workplace at, int devices) throws IOException {
        Pusher pusher = at.pusher();
        return new Uplinks(at, "pusher", pusher.coap(), devices, new Server() {
            @Override
            public Map<String, Long> processes() throws IOException {
                return pusher.processes();
            }

            @Override
            public void close() {
                // The pusher is stopped by whoever started it.
            }
        });
    }

    static Uplinks toCalifornium(Workplace at, int devices) throws IOException, InterruptedException {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock())) {
            writer.createLikeCommands(TOPIC);
        }
        InetSocketAddress address =
                new InetSocketAddress("127.0.0.1", BASELINE_PORT + at.options().portOffset());
        Child child = Child.start(
                "californium",
                Child.java(
                        CaliforniumToKafka.class,
                        512,
                        address.getHostString(),
                        Integer.toString(address.getPort()),
                        at.pusher().kafka(),
                        TOPIC),
                Map.of(),
                at.log("californium"));
        child.await("ready", Child.START);
        return new Uplinks(at, BASELINE, address, devices, new Server() {
            @Override
            public Map<String, Long> processes() throws IOException {
                return Baselines.withBrokers(at, "baseline", child);
            }

            @Override
            public void close() throws InterruptedException {
                child.close();
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Long> processes() throws IOException {
        return server.processes();
    }

    @Override
    public Round run(int number) throws IOException {
        Traffic traffic = fleet.run(
                new RoundRobin(devices, Duration.ofSeconds(at.options().seconds())),
                at.options().inFlight());
        if (!traffic.trouble().isEmpty()) {
            at.say("%s round %d: %s", name, number, traffic.trouble());
        }
        return traffic.round();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        fleet.close();
        server.close();
    }
}
