package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessTest {

    /** A service as the launcher sees it: ready when its port answers. */
    static final class ReadyAtOnce {
        public static void main(String[] args) throws Exception {
            HttpServer server = HttpServer.create(
                    new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("QUARKUS_HTTP_PORT"))), 0);
            server.createContext("/q/health/ready", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            System.out.println("listening");
        }
    }

    @TempDir
    private Path folder;

    private final Ports ports = FreePorts.find();
    private final StringWriter said = new StringWriter();
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

    @AfterEach
    void stopScheduler() {
        scheduler.shutdownNow();
    }

    @Test
    void killedServiceIsSaidAloudAndRunsAgain() throws Exception {
        try (DataFolder data = DataFolder.open(folder)) {
            ServiceProcess process = process(data, ReadyAtOnce.class.getName());
            process.start();
            process.ready().get(20, TimeUnit.SECONDS);
            Path pidFile = data.run().resolve("coap-connector.pid");
            long first = Long.parseLong(Files.readString(pidFile).strip());

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            await().atMost(Duration.ofSeconds(20)).until(() -> said.toString().contains("is ready again"));
            assertThat(said.toString())
                    .contains("coap-connector ended with exit code 137; it starts again in 1 s")
                    .contains("| listening")
                    .contains("coap-connector.log");
            long second = Long.parseLong(Files.readString(pidFile).strip());
            assertThat(second).isNotEqualTo(first);

            process.askToStop();
            process.awaitEnd();
            assertThat(ProcessHandle.of(second).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(pidFile).doesNotExist();
        }
    }

    @Test
    void serviceThatCannotStartIsTriedAgainAndAgain() throws Exception {
        try (DataFolder data = DataFolder.open(folder)) {
            ServiceProcess process = process(data, "no.such.Main");
            process.start();

            await().atMost(Duration.ofSeconds(20)).until(() -> said.toString().contains("starts again in 2 s"));
            assertThat(said.toString()).contains("ended with exit code 1").contains("no.such.Main");
            assertThat(process.ready()).isNotDone();
            process.askToStop();
            process.awaitEnd();
        }
    }

    @Test
    void servicesDoNotOutliveTheLauncher() throws Exception {
        Process one = new ProcessBuilder("sleep", "60").start();
        Process two = new ProcessBuilder("sleep", "60").start();
        Files.writeString(folder.resolve("one.pid"), one.pid() + "\n");
        Files.writeString(folder.resolve("two.pid"), two.pid() + "\n");
        Lifeline lifeline = Lifeline.over(folder);

        lifeline.close(); // what the kernel does to the pipe when the launcher is killed

        assertThat(one.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(two.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void processOfAKilledLauncherIsEndedAtTheNextStart() throws Exception {
        try (DataFolder data = DataFolder.open(folder)) {
            Process ours = new ProcessBuilder(
                            java(), "-Dpusher.standalone.data=" + data.path(), "-cp", testClasses(), main())
                    .start();
            Process another = new ProcessBuilder("sleep", "60").start();
            Files.writeString(data.run().resolve("coap-connector.pid"), Long.toString(ours.pid()));
            Files.writeString(data.run().resolve("mqtt-connector.pid"), Long.toString(another.pid()));

            Services.endStale(data, new Progress(new PrintWriter(said)));

            assertThat(ours.isAlive()).isFalse();
            assertThat(another.isAlive()).isTrue();
            assertThat(data.run()).isEmptyDirectory();
            another.destroy();
        }
    }

    private ServiceProcess process(DataFolder data, String main) throws Exception {
        ServiceCommand command = new ServiceCommand(
                List.of(java(), "-cp", testClasses(), main),
                Map.of("QUARKUS_HTTP_PORT", Integer.toString(ports.coapConnector())),
                folder.resolve("no.jsa"));
        return new ServiceProcess(
                Service.COAP_CONNECTOR, command, ports, data, new Progress(new PrintWriter(said)), scheduler);
    }

    private static String main() {
        return "io.preservarium.pusher.standalone.ServiceProcessTest$Sleeper";
    }

    /** Waits to be killed. */
    static final class Sleeper {
        public static void main(String[] args) throws Exception {
            System.in.read();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String testClasses() {
        return Path.of("target", "test-classes").toAbsolutePath().toString();
    }
}
