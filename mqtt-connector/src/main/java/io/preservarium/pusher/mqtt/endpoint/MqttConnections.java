package io.preservarium.pusher.mqtt.endpoint;

import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.exceptions.MqttSessionExpiredException;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientReconnector;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConnectionConfig.RestrictionsForClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserPropertiesBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.message.Mqtt5ReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRecReasonCode;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The connection that publishes. Its session ends with it (clean start, expiry 0), so whatever is in flight when it
 * breaks fails, and the queue decides; nothing is buffered while the broker is away. It connects again by itself.
 */
public final class MqttConnections {

    /** MQTT 5 section 3.3.2.3.3: four bytes. */
    private static final long MAX_MESSAGE_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private static final long DISCONNECT_LIMIT_SECONDS = 2;

    private final MqttConfig config;
    private final MqttStrings strings;
    private final String broker;
    private final Mqtt5Connect connect;
    private final Mqtt5AsyncClient client;
    private volatile boolean stopping;
    private volatile boolean saidAway;
    private volatile Optional<RestrictionsForClient> limits = Optional.empty();
    private volatile int receiveMaximum = 1;
    private volatile MqttClosing lastClosing = new MqttClosing("it has not been reached yet", false);
    private volatile Runnable whenUp = () -> {};
    private volatile Runnable whenDown = () -> {};

    public MqttConnections(MqttConfig config) {
        this.config = config;
        this.strings = new MqttStrings(config.dollarTopics().orElse(List.of()));
        this.broker = config.host() + ":" + config.port();
        this.connect = Mqtt5Connect.builder()
                .cleanStart(true)
                .sessionExpiryInterval(0)
                .keepAlive((int) config.keepAlive().toSeconds())
                .restrictions(Mqtt5ConnectRestrictions.builder()
                        // The client forgets that a PUBLISH too large to be sent did not make its topic alias known.
                        .sendTopicAliasMaximum(0)
                        .build())
                .build();
        Mqtt5ClientBuilder builder = Mqtt5Client.builder()
                .identifier(config.clientId())
                .serverHost(config.host())
                .serverPort(config.port())
                .executorConfig(
                        MqttClientExecutorConfig.builder().nettyThreads(1).build())
                .automaticReconnect()
                .initialDelay(config.reconnectFirst().toMillis(), TimeUnit.MILLISECONDS)
                .maxDelay(config.reconnectMax().toMillis(), TimeUnit.MILLISECONDS)
                .applyAutomaticReconnect()
                .addConnectedListener(this::onConnected)
                .addDisconnectedListener(this::onDisconnected);
        if (config.tls()) {
            builder = builder.sslWithDefaultConfig();
        }
        this.client =
                credentials(config).map(builder::simpleAuth).orElse(builder).buildAsync();
    }

    private static Optional<Mqtt5SimpleAuth> credentials(MqttConfig config) {
        Optional<byte[]> password = config.password().map(text -> text.getBytes(StandardCharsets.UTF_8));
        Mqtt5SimpleAuthBuilder builder = Mqtt5SimpleAuth.builder();
        if (config.username().isPresent()) {
            Mqtt5SimpleAuthBuilder.Complete named =
                    builder.username(config.username().get());
            return Optional.of(password.map(named::password).orElse(named).build());
        }
        return password.map(secret -> builder.password(secret).build());
    }

    /** Connects, now and whenever the connection is lost; returns at once. Both actions must not block. */
    public void start(Runnable up, Runnable down) {
        whenUp = up;
        whenDown = down;
        var unused = client.connect(connect); // what becomes of it is told to the listeners
    }

    /** {@code host:port}. */
    public String broker() {
        return broker;
    }

    public boolean isUp() {
        return limits.isPresent() && !stopping;
    }

    public Optional<String> awayBecause() {
        return limits.isPresent() ? Optional.empty() : Optional.of(lastClosing.why());
    }

    /** PUBLISH packets above QoS 0 that the broker takes without having answered; 1 while it is away. MQTT 5 section 4.9. */
    public int receiveMaximum() {
        return receiveMaximum;
    }

    /** Reads a command's metadata by the rules of this broker. */
    public MqttTarget.Read target(Map<String, Object> metadata) {
        return MqttTarget.of(metadata, strings);
    }

    /**
     * Publishes one command. The stage always completes normally.
     *
     * @param life how long the message is worth delivering
     */
    public CompletionStage<MqttOutcome> publish(MqttTarget target, RequestId requestId, byte[] bytes, Duration life) {
        Optional<RestrictionsForClient> now = limits;
        if (now.isEmpty()) {
            return CompletableFuture.completedFuture(new MqttOutcome.NotTried("the broker " + broker + " is away"));
        }
        return beyond(now.get(), target)
                .<CompletionStage<MqttOutcome>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> client.publish(message(target, requestId, bytes, life))
                        .handle((result, failure) -> failure == null ? outcome(result) : outcome(failure)));
    }

    /** What the broker has said it will not do. MQTT 5 sections 3.2.2.3.4 and 3.2.2.3.5. */
    private static Optional<MqttOutcome> beyond(RestrictionsForClient limits, MqttTarget target) {
        if (target.qos() > limits.getMaximumQos().getCode()) {
            return Optional.of(new MqttOutcome.Refused(
                    Reason.DELIVERY_FAILED,
                    "the broker offers QoS " + limits.getMaximumQos().getCode() + " at most and the command asks for "
                            + target.qos()));
        }
        if (target.retain() && !limits.isRetainAvailable()) {
            return Optional.of(
                    new MqttOutcome.Refused(Reason.DELIVERY_FAILED, "the broker does not offer retained messages"));
        }
        return Optional.empty();
    }

    private static Mqtt5Publish message(MqttTarget target, RequestId requestId, byte[] bytes, Duration life) {
        Mqtt5UserPropertiesBuilder properties =
                Mqtt5UserProperties.builder().add(MqttTarget.REQUEST_ID, requestId.value());
        for (Map.Entry<String, String> property : target.userProperties().entrySet()) {
            properties = properties.add(property.getKey(), property.getValue());
        }
        Mqtt5PublishBuilder.Complete message = Mqtt5Publish.builder()
                .topic(target.topic())
                .qos(qos(target.qos()))
                .retain(target.retain())
                .payload(bytes)
                .userProperties(properties.build());
        long seconds = Math.max(1, life.toSeconds());
        if (seconds <= MAX_MESSAGE_EXPIRY_SECONDS) {
            message = message.messageExpiryInterval(seconds);
        }
        if (target.contentType().isPresent()) {
            message = message.contentType(target.contentType().get());
        }
        if (target.responseTopic().isPresent()) {
            message = message.responseTopic(target.responseTopic().get())
                    .correlationData(requestId.value().getBytes(StandardCharsets.UTF_8));
        }
        return message.build();
    }

    private static MqttQos qos(int number) {
        return Optional.ofNullable(MqttQos.fromCode(number))
                .orElseThrow(() -> new IllegalArgumentException("QoS must be 0, 1 or 2 but was " + number));
    }

    private MqttOutcome outcome(Mqtt5PublishResult result) {
        Optional<Throwable> error = result.getError();
        if (error.isPresent()) {
            return outcome(error.get());
        }
        return switch (result) {
            case Mqtt5PublishResult.Mqtt5Qos1Result taken ->
                taken(
                        taken.getPubAck().getReasonCode(),
                        taken.getPubAck().getReasonCode() == Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS);
            case Mqtt5PublishResult.Mqtt5Qos2Result taken ->
                taken(
                        taken.getPubRec().getReasonCode(),
                        taken.getPubRec().getReasonCode() == Mqtt5PubRecReasonCode.NO_MATCHING_SUBSCRIBERS);
            default -> new MqttOutcome.Written();
        };
    }

    private static MqttOutcome taken(Mqtt5ReasonCode code, boolean noSubscribers) {
        return new MqttOutcome.Taken(MqttClosing.inWords(code), noSubscribers);
    }

    private MqttOutcome outcome(Throwable failure) {
        return switch (failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure) {
            case Mqtt5PubAckException refused ->
                refused(
                        refused.getMqttMessage().getReasonCode(),
                        refused.getMqttMessage().getReasonString());
            case Mqtt5PubRecException refused ->
                refused(
                        refused.getMqttMessage().getReasonCode(),
                        refused.getMqttMessage().getReasonString());
            case MqttEncodeException tooLarge ->
                new MqttOutcome.Refused(
                        Reason.PAYLOAD_TOO_LARGE,
                        "the message does not fit into the broker's packets: " + tooLarge.getMessage());
            // Told after onDisconnected: the client ends the session in a later task of its thread.
            case MqttSessionExpiredException ended ->
                new MqttOutcome.Lost(lostBefore(lastClosing.why()), lastClosing.byAPublish());
            case MqttClientStateException notConnected -> new MqttOutcome.NotTried("the broker " + broker + " is away");
            case Throwable lost -> new MqttOutcome.Lost(lostBefore(lost.getMessage()), false);
        };
    }

    private String lostBefore(@Nullable String why) {
        return "the connection to " + broker + " was lost before the broker answered: " + why;
    }

    private static MqttOutcome refused(Mqtt5ReasonCode code, Optional<?> reasonString) {
        return new MqttOutcome.Refused(
                Reason.DELIVERY_FAILED, "the broker refused: " + MqttClosing.inWords(code, reasonString));
    }

    private void onConnected(MqttClientConnectedContext context) {
        RestrictionsForClient now = ((Mqtt5ClientConnectedContext) context)
                .getClientConfig()
                .getConnectionConfig()
                .orElseThrow()
                .getRestrictionsForClient();
        receiveMaximum = now.getSendMaximum();
        limits = Optional.of(now);
        saidAway = false;
        MqttLog.LOG.connected(broker, config.clientId(), receiveMaximum);
        whenUp.run();
    }

    /** The client connects again by itself, after a pause that it doubles each time and varies by a quarter. */
    private void onDisconnected(MqttClientDisconnectedContext context) {
        MqttClosing closing = MqttClosing.of(context);
        lastClosing = closing;
        limits = Optional.empty();
        receiveMaximum = 1;
        MqttClientReconnector reconnector = context.getReconnector();
        if (saidAway || stopping) {
            MqttLog.LOG.stillAway(broker, reconnector.getDelay(TimeUnit.MILLISECONDS), closing.why());
        } else {
            saidAway = true;
            MqttLog.LOG.away(broker, closing.why());
        }
        whenDown.run();
        // Left to itself the client asks for no more than the last connection gave, also when the broker gives more
        // now.
        ((Mqtt5ClientDisconnectedContext) context).getReconnector().connect(connect);
        if (stopping) {
            reconnector.reconnect(false);
        }
    }

    /** From now on {@link #isUp} says no. */
    public void stopIntake() {
        stopping = true;
    }

    /** Says goodbye to the broker, for at most two seconds. */
    public void stop() {
        stopping = true;
        try {
            client.disconnect().get(DISCONNECT_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException notConnected) {
            // There is nobody to say goodbye to.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
