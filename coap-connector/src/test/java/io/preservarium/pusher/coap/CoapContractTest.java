package io.preservarium.pusher.coap;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.connector.ConnectorContract;
import io.preservarium.pusher.connector.ProtocolConnector;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.junit.jupiter.api.AfterEach;

class CoapContractTest extends ConnectorContract {

    private final Map<String, RawDevice> devices = new ConcurrentHashMap<>();
    private final AtomicInteger mid = new AtomicInteger();
    private CoapConnector connector;

    @AfterEach
    void closeDevices() {
        devices.values().forEach(RawDevice::close);
    }

    @Override
    protected Route route() {
        return new CoapRoute();
    }

    @Override
    protected ProtocolConnector open() {
        return open(TestConfig.patient());
    }

    /** The device is answered without the command, which comes too late. */
    @Override
    protected ProtocolConnector openTowardsALostCommand() {
        return open(TestConfig.impatient(Duration.ofMillis(20), Duration.ofMillis(100)));
    }

    private ProtocolConnector open(TestConfig config) {
        connector = new CoapConnector(config, delivery, parser, new SimpleMeterRegistry(), CLOCK);
        return connector;
    }

    @Override
    protected Map<String, Object> metadata(String device) {
        return Map.of("mode", "piggyback");
    }

    @Override
    protected String keyThatCanBeWrong() {
        return "mode";
    }

    @Override
    protected Map<String, Object> wrongMetadata(String key) {
        return Map.of(key, "pigeon");
    }

    @Override
    protected void turn(String device) {
        device(device)
                .send(RawDevice.request(Type.CON, Code.POST, mid.incrementAndGet(), "/devices/" + device + "/x", "x"));
    }

    private RawDevice device(String name) {
        return devices.computeIfAbsent(name, n -> new RawDevice(connector.socket()));
    }

    @Override
    protected byte[] received(String device) {
        while (true) {
            Message answer = device(device).receiveMessage();
            if (answer.getPayloadSize() > 0) {
                return answer.getPayload();
            }
        }
    }

    @Override
    protected void loseOnce(CompletableFuture<HandOut> handOut, HandOut.Offer offer) {
        lose(offer.command().deviceId().value());
        handOut.complete(offer);
    }

    @Override
    protected void lose(String device) {
        await().until(() -> {
            Message answer = device(device).receiveMessage();
            boolean isFailure = answer.getRawCode() != 0;
            if (isFailure) {
                device(device).send(RawDevice.acknowledgement(answer));
            }
            return isFailure;
        });
    }
}
