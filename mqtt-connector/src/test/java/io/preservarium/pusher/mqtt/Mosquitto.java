package io.preservarium.pusher.mqtt;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** Eclipse Mosquitto in a process of its own. Where it is missing its test is skipped, or fails with REQUIRE_CLIENTS=1. */
final class Mosquitto implements AutoCloseable {

    private final Process process;

    Mosquitto(Path folder, int port) {
        try {
            Path configuration = folder.resolve("mosquitto.conf");
            Files.writeString(configuration, "listener " + port + " 127.0.0.1\nallow_anonymous true\n");
            process = new ProcessBuilder(program().toString(), "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("mosquitto.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().until(() -> answers(port));
    }

    private static Path program() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin") + ":/usr/sbin";
        Optional<Path> found = Stream.of(path.split(":"))
                .map(folder -> Path.of(folder, "mosquitto"))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            String missing = "skipped: mosquitto is missing (Debian package mosquitto)";
            if ("1".equals(System.getenv("REQUIRE_CLIENTS"))) {
                fail(missing + ", and REQUIRE_CLIENTS=1");
            }
            System.out.println(missing);
            Assumptions.abort(missing);
        }
        return found.orElseThrow();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
