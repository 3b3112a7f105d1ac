package io.preservarium.pusher.standalone;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A real MQTT 5 broker (HiveMQ Community Edition) in this process. Sessions, their queues and retained messages are
 * kept in the data folder, so that a device which was away finds them after a restart too.
 */
final class EmbeddedMqtt implements AutoCloseable {

    private final EmbeddedHiveMQ broker;
    private Optional<CompletableFuture<Void>> starting = Optional.empty();

    /** Not started yet; works on what is found in the folder. */
    EmbeddedMqtt(Path folder, Ports ports) throws IOException {
        Path configuration = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(configuration.resolve("config.xml"), configuration(ports));
        this.broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(configuration)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .withoutLoggingBootstrap()
                .build();
    }

    /** Starts in the background. */
    void start() {
        starting = Optional.of(broker.start());
    }

    /** Returns when clients are served. */
    void awaitStarted() throws IOException, InterruptedException {
        try {
            starting.orElseThrow().get();
        } catch (ExecutionException e) {
            throw new IOException("the MQTT broker did not start", e.getCause());
        }
    }

    /** The broker's defaults discard what a client has not taken after 1,000 messages, and take 10 at a time. */
    private static String configuration(Ports ports) {
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener>
                      <port>%d</port>
                      <bind-address>%s</bind-address>
                    </tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages>
                      <max-queue-size>1000000</max-queue-size>
                      <strategy>discard</strategy>
                    </queued-messages>
                    <receive-maximum>
                      <server-receive-maximum>1000</server-receive-maximum>
                    </receive-maximum>
                  </mqtt>
                  <anonymous-usage-statistics>
                    <enabled>false</enabled>
                  </anonymous-usage-statistics>
                  <persistence>
                    <mode>file</mode>
                  </persistence>
                </hivemq>
                """.formatted(ports.mqtt(), ports.listen());
    }

    @Override
    public void close() throws InterruptedException {
        if (starting.isEmpty()) {
            return;
        }
        try {
            broker.close();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the MQTT broker did not stop in order", e.getCause());
        }
    }
}
