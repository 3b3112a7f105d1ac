package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One service kept running: a child that ends unasked is said aloud and started again. */
final class ServiceProcess {

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(100);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(8);
    private static final Duration TIME_TO_ARCHIVE = Duration.ofSeconds(40);
    private static final int LAST_LINES = 8;

    private final Service service;
    private final ServiceCommand command;
    private final URI readiness;
    private final Path log;
    private final Path pidFile;
    private final Progress progress;
    private final ScheduledExecutorService scheduler;

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private Optional<Process> running = Optional.empty();
    private Duration backoff = FIRST_BACKOFF;
    private volatile String lastAnswer = "not started";
    private boolean stopping;
    private long stopBefore;

    ServiceProcess(
            Service service,
            ServiceCommand command,
            Ports ports,
            DataFolder data,
            Progress progress,
            ScheduledExecutorService scheduler)
            throws IOException {
        this.service = service;
        this.command = command;
        this.readiness = URI.create(
                "http://" + readinessHost(service, ports) + ":" + service.httpPort(ports) + "/q/health/ready");
        this.log = data.logs().resolve(service + ".log");
        this.pidFile = data.run().resolve(service + ".pid");
        this.progress = progress;
        this.scheduler = scheduler;
        Files.deleteIfExists(log);
    }

    private static String readinessHost(Service service, Ports ports) {
        return switch (service) {
            case PUSHER_API -> ports.fromHere();
            case COAP_CONNECTOR, MQTT_CONNECTOR -> Ports.LOOPBACK;
        };
    }

    synchronized void start() {
        if (stopping) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(command.commandLine())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(command.environment());
        try {
            Process child = builder.start();
            child.getOutputStream().close();
            Files.writeString(pidFile, child.pid() + "\n");
            running = Optional.of(child);
            var unused = child.onExit().thenAccept(this::ended);
            probeLater(child);
        } catch (IOException e) {
            progress.say(service + " could not be started: " + e.getMessage());
            startLater();
        }
    }

    /** Completes when the service has said for the first time that it is ready. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    private synchronized void ended(Process child) {
        running = Optional.empty();
        if (stopping) {
            return;
        }
        progress.say(service + " ended with exit code " + child.exitValue() + "; it starts again in "
                + backoff.toSeconds() + " s. The end of " + log + ":");
        lastLines().forEach(line -> progress.say("  | " + line));
        startLater();
    }

    private void startLater() {
        var unused = scheduler.schedule(this::start, backoff.toMillis(), TimeUnit.MILLISECONDS);
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    private List<String> lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
        } catch (IOException e) {
            return List.of("(not readable: " + e.getMessage() + ")");
        }
    }

    private void probeLater(Process child) {
        var unused = scheduler.schedule(() -> probe(child), PROBE_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void probe(Process child) {
        if (!child.isAlive()) {
            return;
        }
        if (!isReady()) {
            probeLater(child);
            return;
        }
        String again = ready.isDone() ? " again" : "";
        progress.say(service + " is ready" + again);
        synchronized (this) {
            backoff = FIRST_BACKOFF;
        }
        ready.complete(null);
    }

    private boolean isReady() {
        try {
            HttpURLConnection connection = (HttpURLConnection) readiness.toURL().openConnection();
            connection.setConnectTimeout((int) PROBE_TIMEOUT.toMillis());
            connection.setReadTimeout((int) PROBE_TIMEOUT.toMillis());
            try {
                lastAnswer = "HTTP " + connection.getResponseCode();
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            lastAnswer = "no answer";
            return false;
        }
    }

    /** For a user who waits: what the service last said about its readiness, and where to look. */
    @Override
    public String toString() {
        return service + " (" + readiness + ": " + lastAnswer + "; log: " + log + ")";
    }

    /** Asks the service to stop and not to come back. */
    synchronized void askToStop() {
        stopping = true;
        Duration time = TIME_TO_STOP;
        if (running.isPresent() && ready.isDone() && !Files.exists(command.classArchive())) {
            progress.say(service + " archives its classes for a faster start next time, which this stop waits for");
            time = TIME_TO_ARCHIVE;
        }
        stopBefore = System.nanoTime() + time.toNanos();
        running.ifPresent(Process::destroy);
    }

    /** Waits for the end, up to a limit, then enforces it. */
    void awaitEnd() throws InterruptedException, IOException {
        Optional<Process> child;
        long limit;
        synchronized (this) {
            child = running;
            limit = stopBefore - System.nanoTime();
        }
        if (child.isPresent() && !child.get().waitFor(limit, TimeUnit.NANOSECONDS)) {
            progress.say(service + " did not stop in time and is killed");
            child.get().destroyForcibly().waitFor();
        }
        Files.deleteIfExists(pidFile);
    }
}
