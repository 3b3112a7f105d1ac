package io.preservarium.pusher.benchmarks.baseline;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * The MQTT client alone: publishes messages that are ready, QoS 1, so many on the way at once. Arguments: host, port, in
 * flight. For {@code publish <count> <devices> <bytes>} it answers {@code acked <count>} when the broker has acknowledged
 * them all.
 */
public final class BareMqttPublisher {

    private BareMqttPublisher() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int inFlight = Integer.parseInt(args[2]);
        Mqtt5AsyncClient client = Mqtt5Client.builder()
                .identifier("bench-bare")
                .serverHost(args[0])
                .serverPort(Integer.parseInt(args[1]))
                .buildAsync();
        client.connect().join();
        System.out.println("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (true) {
            String line = input.readLine();
            if (line == null) {
                client.disconnect().join();
                return;
            }
            String[] words = line.split(" ");
            publish(
                    client,
                    inFlight,
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]));
            System.out.println("acked " + words[1]);
        }
    }

    private static void publish(Mqtt5AsyncClient client, int inFlight, int count, int devices, int bytes)
            throws InterruptedException {
        Semaphore free = new Semaphore(inFlight);
        byte[] payload = new byte[bytes];
        for (int n = 0; n < count; n++) {
            free.acquire();
            var unused = client.publishWith()
                    .topic("devices/bare-" + n % devices + "/commands")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(payload)
                    .send()
                    .whenComplete((result, failure) -> {
                        if (failure != null) {
                            Runtime.getRuntime().halt(1);
                        }
                        free.release();
                    });
        }
        free.acquire(inFlight);
    }
}
