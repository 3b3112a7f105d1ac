package io.preservarium.pusher.benchmarks.baseline;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * Californium that produces each uplink to Kafka (acks=all) and answers 2.04 after the acknowledgement; endpoint and
 * producer are set as the connector's are. Arguments: host, port, brokers, topic.
 */
public final class CaliforniumToKafka {

    private static final int THREADS = 2;
    private static final int MAX_ACTIVE_PEERS = 20_000;

    private CaliforniumToKafka() {}

    public static void main(String[] args) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", args[2], "acks", "all", "enable.idempotence", true, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.partitionsFor(args[3]);
        Configuration settings =
                new Configuration(CoapConfig.DEFINITIONS, UdpConfig.DEFINITIONS, SystemConfig.DEFINITIONS);
        settings.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
        settings.set(CoapConfig.MAX_ACTIVE_PEERS, MAX_ACTIVE_PEERS);
        settings.set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, 60, TimeUnit.SECONDS);
        settings.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, THREADS);
        settings.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
        settings.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
        CoapServer server = new CoapServer(settings);
        server.addEndpoint(CoapEndpoint.builder()
                .setConfiguration(settings)
                .setInetSocketAddress(new InetSocketAddress(args[0], Integer.parseInt(args[1])))
                .build());
        server.add(new Devices(producer, args[3]));
        server.start();
        System.out.println("ready");
    }

    /** {@code /devices/<id>/…}, whatever follows. */
    private static final class Devices extends CoapResource {

        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;

        Devices(KafkaProducer<byte[], byte[]> producer, String topic) {
            super("devices");
            this.producer = producer;
            this.topic = topic;
        }

        @Override
        public Resource getChild(String name) {
            return this;
        }

        @Override
        public void handlePOST(CoapExchange exchange) {
            List<String> path = exchange.getRequestOptions().getUriPath();
            byte[] key = path.get(1).getBytes(StandardCharsets.UTF_8);
            var unused = producer.send(
                    new ProducerRecord<>(topic, key, exchange.getRequestPayload()),
                    (metadata, failure) -> exchange.respond(
                            failure == null ? ResponseCode.CHANGED : ResponseCode.INTERNAL_SERVER_ERROR));
        }
    }
}
