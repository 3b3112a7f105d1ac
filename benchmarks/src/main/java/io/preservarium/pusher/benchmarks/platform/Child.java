package io.preservarium.pusher.benchmarks.platform;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program that is told what to do by lines on its standard input and answers by lines on its standard output. */
public final class Child implements AutoCloseable {

    /** How long a start may take, on a machine that is busy with other things too. */
    public static final Duration START = Duration.ofMinutes(3);

    private static final Duration TIME_TO_STOP = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 100;
    private static final String END = "";

    private final String name;
    private final Process process;
    private final Path errors;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
    }

    /** Starts it; what it writes to standard error goes into the file. */
    public static Child start(String name, List<String> command, Map<String, String> environment, Path errors)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Child child = new Child(name, builder.start(), errors);
        Thread.ofPlatform().daemon().name(name + "-output").start(child::read);
        return child;
    }

    /** The class of this program in a JVM of its own, with the class path of this one. */
    public static List<String> java(Class<?> main, int heapMegabytes, String... arguments) {
        List<String> command = new ArrayList<>(javaCommand(heapMegabytes));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The start of a command line as the services have it. */
    public static List<String> javaCommand(int heapMegabytes) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 24) { // JEP 498
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        return command;
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().filter(line -> !line.isBlank()).forEach(lines::add);
        } catch (UncheckedIOException | IOException e) {
            // It ended; what it said last is in the list.
        }
        lines.add(END);
    }

    public void say(String line) throws IOException {
        Writer input = process.outputWriter();
        input.write(line + "\n");
        input.flush();
    }

    /** The rest of the next line that starts so; those before it are dropped. */
    public String await(String start, Duration atMost) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IOException(
                        name + " did not say '" + start + "' in " + atMost.toSeconds() + " s; see " + errors);
            }
            if (line.equals(END)) {
                throw new IOException(name + " ended before it said '" + start + "'; see " + errors);
            }
            if (line.startsWith(start)) {
                return line.substring(start.length()).strip();
            }
        }
    }

    /** Returns when it takes connections there. */
    public void awaitListening(InetSocketAddress address, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address);
                return;
            } catch (IOException e) {
                if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IOException(name + " does not listen at " + address + "; see " + errors, e);
                }
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(TIME_TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
