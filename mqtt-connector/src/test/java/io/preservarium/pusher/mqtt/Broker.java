package io.preservarium.pusher.mqtt;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.PublishAuthorizer;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real MQTT 5 broker in this process. It refuses topics that begin with {@code forbidden/} and closes the connection
 * for those that begin with {@code hangup/}.
 */
final class Broker implements AutoCloseable {

    static final int RECEIVE_MAXIMUM = 7;
    static final int MAX_PACKET = 20_000;

    private final EmbeddedHiveMQ hivemq;

    Broker(Path folder, int port) {
        this(folder, port, RECEIVE_MAXIMUM);
    }

    Broker(Path folder, int port, int receiveMaximum) {
        try {
            Path configuration = Files.createDirectories(folder.resolve("conf"));
            Files.writeString(configuration.resolve("config.xml"), """
                    <?xml version="1.0"?>
                    <hivemq>
                      <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
                      <mqtt>
                        <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
                        <packets><max-packet-size>%d</max-packet-size></packets>
                      </mqtt>
                      <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                      <persistence><mode>in-memory</mode></persistence>
                    </hivemq>
                    """.formatted(port, receiveMaximum, MAX_PACKET));
            hivemq = EmbeddedHiveMQ.builder()
                    .withConfigurationFolder(configuration)
                    .withDataFolder(Files.createDirectories(folder.resolve("data")))
                    .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                    .withEmbeddedExtension(EmbeddedExtension.builder()
                            .withId("rules")
                            .withName("rules")
                            .withVersion("1")
                            .withExtensionMain(new Rules())
                            .build())
                    .withoutLoggingBootstrap()
                    .build();
            hivemq.start().join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        hivemq.stop().join();
    }

    private static final class Rules implements ExtensionMain {
        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            PublishInboundInterceptor refuse = (publish, answer) -> {
                if (publish.getPublishPacket().getTopic().startsWith("forbidden/")) {
                    answer.preventPublishDelivery(AckReasonCode.NOT_AUTHORIZED, "not yours");
                }
            };
            PublishAuthorizer hangUp = (publish, answer) -> {
                if (publish.getPublishPacket().getTopic().startsWith("hangup/")) {
                    answer.disconnectClient(DisconnectReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, "not this one");
                } else {
                    answer.authorizeSuccessfully();
                }
            };
            Services.securityRegistry().setAuthorizerProvider(client -> hangUp);
            Services.initializerRegistry()
                    .setClientInitializer((client, context) -> context.addPublishInboundInterceptor(refuse));
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
    }
}
