package io.preservarium.pusher.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import io.preservarium.pusher.mqtt.endpoint.MqttMetrics;
import io.preservarium.pusher.mqtt.endpoint.MqttTarget;
import io.preservarium.pusher.mqtt.push.MqttDelivery;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * Commands a second from a turn to PUBACK over loopback, the bare client beside it. Not a test: run {@code main}, with
 * the number of messages and of rounds. The broker runs in the same process and has no subscriber.
 */
final class PublishMeasurement {

    private static final int DEVICES = 1_000;
    private static final int PAYLOAD = 34;

    private final int port;
    private final int messages;

    private PublishMeasurement(int port, int messages) {
        this.port = port;
        this.messages = messages;
    }

    public static void main(String[] arguments) throws Exception {
        int messages = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 50_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        Path folder = Files.createTempDirectory("publish-measurement");
        int port = Broker.freePort();
        try (Broker broker = new Broker(folder, port, 65_535)) {
            PublishMeasurement measurement = new PublishMeasurement(port, messages);
            Map<String, List<Cost>> costs = new LinkedHashMap<>();
            for (int round = 0; round <= rounds; round++) {
                for (int inFlight : new int[] {100, 500, 1_000}) {
                    for (Way way : Way.values()) {
                        long cpu = cpuNanos();
                        double speed = messages / measurement.seconds(way, inFlight);
                        Cost cost = new Cost(speed, (cpuNanos() - cpu) / 1e3 / messages);
                        if (round > 0) { // the first one warms up
                            costs.computeIfAbsent(inFlight + " in flight, " + way, key -> new ArrayList<>())
                                    .add(cost);
                        }
                    }
                }
            }
            costs.forEach((what, rounded) -> System.out.printf(
                    Locale.ROOT,
                    "%-28s %,7.0f/s  %5.1f µs of CPU each%n",
                    what,
                    median(rounded, Cost::perSecond),
                    median(rounded, Cost::cpuMicros)));
        }
        System.exit(0);
    }

    private enum Way {
        BARE_CLIENT,
        CONNECTIONS,
        DELIVERY
    }

    /** What one way took: client and broker together. */
    private record Cost(double perSecond, double cpuMicros) {}

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> part) {
        return costs.stream()
                .mapToDouble(part)
                .sorted()
                .skip(costs.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private double seconds(Way way, int inFlight) throws Exception {
        return switch (way) {
            case BARE_CLIENT -> bareClient(inFlight);
            case CONNECTIONS -> connections(inFlight);
            case DELIVERY -> delivery(inFlight);
        };
    }

    private double bareClient(int inFlight) throws Exception {
        Mqtt5AsyncClient client =
                Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildAsync();
        client.connect().get();
        Semaphore window = new Semaphore(inFlight);
        byte[] payload = new byte[PAYLOAD];
        long start = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            window.acquire();
            var unused = client.publish(Mqtt5Publish.builder()
                            .topic("devices/" + i % DEVICES)
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .payload(payload)
                            .build())
                    .whenComplete((result, failure) -> window.release());
        }
        window.acquire(inFlight);
        double seconds = since(start);
        client.disconnect().get();
        return seconds;
    }

    private double connections(int inFlight) throws Exception {
        MqttConnections connections = new MqttConnections(TestConfig.at(port));
        CountDownLatch up = new CountDownLatch(1);
        connections.start(up::countDown, () -> {});
        up.await();
        Semaphore window = new Semaphore(inFlight);
        byte[] payload = new byte[PAYLOAD];
        long start = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            window.acquire();
            MqttTarget target =
                    new MqttTarget("devices/" + i % DEVICES, 1, false, Optional.empty(), Optional.empty(), Map.of());
            var unused = connections
                    .publish(target, new RequestId("m-" + i), payload, Commands.LIFE)
                    .whenComplete((outcome, failure) -> window.release());
        }
        window.acquire(inFlight);
        double seconds = since(start);
        connections.stop();
        return seconds;
    }

    private double delivery(int inFlight) throws Exception {
        MqttConnections connections = new MqttConnections(TestConfig.at(port));
        CountDownLatch up = new CountDownLatch(1);
        connections.start(up::countDown, () -> {});
        up.await();
        Turns turns = new Turns(DEVICES);
        Ready ready = new Ready(messages, turns);
        ExecutorService serving = Executors.newSingleThreadExecutor();
        MqttDelivery commands = new MqttDelivery(
                inFlight,
                ready,
                connections,
                turns,
                new MqttMetrics(new SimpleMeterRegistry()),
                Clock.fixed(Commands.NOW, ZoneOffset.UTC),
                serving);
        turns.serve(commands::serve, () -> {});
        long start = System.nanoTime();
        for (int i = 0; i < DEVICES; i++) {
            turns.add(new DeviceId("d" + i));
        }
        ready.done.await();
        double seconds = since(start);
        connections.stop();
        serving.shutdown();
        return seconds;
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Has a command for every turn, at once, and gives the device the next turn when it was sent. */
    private static final class Ready implements Delivery {

        private final Turns turns;
        private final AtomicInteger left;
        private final AtomicInteger unsent;
        private final CountDownLatch done = new CountDownLatch(1);

        Ready(int messages, Turns turns) {
            this.turns = turns;
            left = new AtomicInteger(messages);
            unsent = new AtomicInteger(messages);
        }

        @Override
        public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
            int number = left.getAndDecrement();
            return CompletableFuture.completedFuture(
                    number <= 0
                            ? new HandOut.Nothing()
                            : Commands.offer(
                                    "m-" + number,
                                    device.value(),
                                    Map.of("topic", "devices/" + device.value()),
                                    new byte[PAYLOAD]));
        }

        @Override
        public int mostPushes() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
            if (unsent.decrementAndGet() == 0) {
                done.countDown();
            } else {
                turns.add(offer.command().deviceId());
            }
        }

        @Override
        public void notSent(HandOut.Offer offer, String why) {
            throw new AssertionError(why);
        }

        @Override
        public void refused(HandOut.Offer offer, Reason reason, String why) {
            throw new AssertionError(why);
        }

        @Override
        public CompletionStage<HandOut> answer(
                Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
            throw new AssertionError("this connector pushes");
        }

        @Override
        public CompletionStage<Optional<String>> record(Uplink uplink) {
            throw new AssertionError("this connector pushes");
        }

        @Override
        public void resume() {}

        @Override
        public void offerMore() {}

        @Override
        public Optional<String> notReadyBecause() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
