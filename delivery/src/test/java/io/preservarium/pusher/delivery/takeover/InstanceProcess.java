package io.preservarium.pusher.delivery.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One of the two instances, as the process that plays it now. Its state and its file of sendings outlive the process. */
final class InstanceProcess implements AutoCloseable {

    /** What a device saw. */
    record Sending(String instance, String device, String request, int attempt, long at) {}

    private static final Duration EXIT_LIMIT = Duration.ofSeconds(40);

    private final String name;
    private final Path folder;
    private final String brokers;
    private final List<String> settings;
    private Process process;
    private Path output;
    private int starts;

    InstanceProcess(String name, Path folder, String brokers, List<String> settings) {
        this.name = name;
        this.folder = folder;
        this.brokers = brokers;
        this.settings = settings;
        this.output = folder.resolve(name + "-1.log");
        this.process = start();
    }

    String name() {
        return name;
    }

    private Process start() {
        starts++;
        output = folder.resolve(name + "-" + starts + ".log");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                InstanceProgram.class.getName(),
                brokers,
                sendingsFile().toString(),
                "instance-id=" + name,
                "state-dir=" + folder.resolve(name)));
        command.addAll(settings);
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException(name + " still runs");
        }
        process = start();
    }

    void awaitReady() {
        await().atMost(Duration.ofMinutes(1))
                .failFast(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(said());
                    }
                })
                .untilAsserted(() -> assertThat(Files.readString(output).lines())
                        .as(this::said)
                        .contains(InstanceProgram.READY));
    }

    /** Sends a signal to the process; returns once it was sent. */
    void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("kill -" + signal + " failed for " + name + ", see " + output);
        }
    }

    void awaitExit() throws InterruptedException {
        if (!process.waitFor(EXIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " did not end within " + EXIT_LIMIT);
        }
    }

    private Path sendingsFile() {
        return folder.resolve(name + ".sendings");
    }

    List<Sending> sendings() throws IOException {
        if (!Files.exists(sendingsFile())) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(sendingsFile())) {
            return lines.map(line -> line.split("\t", -1))
                    .map(f -> new Sending(name, f[0], f[1], Integer.parseInt(f[2]), Long.parseLong(f[3])))
                    .toList();
        }
    }

    /** What its processes said, for a test that failed. */
    String said() {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= starts; i++) {
            Path log = folder.resolve(name + "-" + i + ".log");
            try {
                List<String> lines = Files.readAllLines(log);
                all.append("--- ").append(log.getFileName()).append('\n');
                lines.subList(Math.max(0, lines.size() - 40), lines.size())
                        .forEach(line -> all.append(line).append('\n'));
            } catch (IOException e) {
                all.append(e).append('\n');
            }
        }
        return all.toString();
    }

    /** Also ends a stopped process. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
