package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts everything in order, says when it is ready, and stops it in the opposite order. */
@Command(name = "up", description = "Kafka, an MQTT broker and the services on this machine, until Ctrl-C.")
final class Up implements Callable<Integer> {

    private static final Duration NEWS_EVERY = Duration.ofSeconds(10);

    private final Clock clock;
    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--root", paramLabel = "DIR", hidden = true)
    private Path root = Path.of(".");

    @Option(names = "--data", paramLabel = "DIR", description = "What is kept between starts (.dev/data).")
    private Optional<Path> dataFolder = Optional.empty();

    @Option(names = "--fresh", description = "Forget commands, sessions and states of earlier starts.")
    private boolean fresh;

    @Option(names = "--port-offset", paramLabel = "N", description = "Add N to every port (0).")
    private int portOffset;

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            description = "The address for REST, CoAP, MQTT and Kafka (127.0.0.1). Nothing asks who is calling!")
    private String listen = Ports.LOOPBACK;

    @Option(
            names = "--scripts",
            paramLabel = "DIR",
            description = "A folder with parser scripts of your own; changes are picked up.")
    private Optional<Path> scripts = Optional.empty();

    @Option(
            names = "--java-option",
            paramLabel = "[SERVICE:]OPTION",
            converter = JavaOption.Converter.class,
            description = "For the JVM of that service, or of every service, after ours, as in"
                    + " coap-connector:-Xmx512m; can be repeated.")
    private List<JavaOption> javaOptions = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Give up when the services are not ready in this time (180).")
    private int timeoutSeconds = 180;

    Up(Clock clock, StopSignal stop) {
        this.clock = clock;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, CannotGoOn {
        Progress progress = new Progress(spec.commandLine().getOut());
        Ports ports = ports();
        Path here = root.toAbsolutePath().normalize();
        Services.checkBuilt(here);
        checkScripts();
        try (DataFolder data = DataFolder.open(dataFolder.orElse(here.resolve(".dev/data")))) {
            Services.endStale(data, progress);
            ports.checkFree();
            if (fresh) {
                data.forget();
            }
            if (!ports.isForThisMachineOnly()) {
                progress.say(
                        "listening on " + listen + ": whoever reaches it can send commands, nothing asks for a key");
            }
            logInto(data);
            heedKafka(progress);
            run(here, data, ports, progress);
        }
        progress.say("stopped");
        return stop.exitCode();
    }

    private void run(Path here, DataFolder data, Ports ports, Progress progress)
            throws IOException, InterruptedException, CannotGoOn {
        try (EmbeddedKafka kafka = new EmbeddedKafka(data.kafka(), ports);
                EmbeddedMqtt mqtt = new EmbeddedMqtt(data.mqtt(), ports);
                Services services = Services.of(here, data, ports, scripts, javaOptions, progress)) {
            mqtt.start();
            kafka.start();
            int created = KafkaTopics.create(kafka.bootstrapServers());
            progress.say("Kafka is ready" + (created == 0 ? "" : ", " + created + " topics created"));
            services.start();
            mqtt.awaitStarted();
            progress.say("the MQTT broker is ready");
            if (becameReady(services, progress)) {
                new Banner(ports, data, clock).print(spec.commandLine().getOut(), progress.seconds());
                stop.asked().join();
            }
            progress.say("stopping");
        }
    }

    /** False when asked to stop before. */
    private boolean becameReady(Services services, Progress progress) throws InterruptedException, CannotGoOn {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        while (!stop.isAsked()) {
            if (services.awaitReady(NEWS_EVERY, stop)) {
                return true;
            }
            String waitedFor = services.waitedFor();
            if (System.nanoTime() > deadline) {
                throw new CannotGoOn("not ready in " + timeoutSeconds + " s: " + waitedFor);
            }
            if (!stop.isAsked()) {
                progress.say("waiting for " + waitedFor);
            }
        }
        return false;
    }

    /** Before the first logger is made: what the two brokers have to say goes into a file. See logback.xml. */
    private static void logInto(DataFolder data) throws IOException {
        System.setProperty("pusher.log.to", "file");
        System.setProperty("pusher.log.file", data.logs().resolve("brokers.log").toString());
    }

    /** Kafka ends the process when its disk is full or its log is damaged. */
    private void heedKafka(Progress progress) {
        Exit.setExitProcedure((status, message) -> gaveUp(progress));
        Exit.setHaltProcedure((status, message) -> gaveUp(progress));
    }

    private void gaveUp(Progress progress) {
        progress.say("Kafka gave up; logs/brokers.log in the data folder says why");
        stop.fail();
    }

    private Ports ports() {
        try {
            return new Ports(listen, portOffset);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void checkScripts() throws CannotGoOn {
        if (scripts.isPresent() && !Files.isDirectory(scripts.get())) {
            throw new CannotGoOn("--scripts " + scripts.get() + " is not a folder");
        }
    }
}
