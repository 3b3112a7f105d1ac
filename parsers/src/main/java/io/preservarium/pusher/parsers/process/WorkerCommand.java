package io.preservarium.pusher.parsers.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How a worker process is started: the program of this process again, with an argument that says what it is to be. It gets
 * no environment, few files, no core dumps and, where the system lets anybody do that, no network.
 */
public final class WorkerCommand {

    /** The first argument of a program that is to be a worker process. */
    public static final String ARGUMENT = "--parser-worker";

    /** For the engines. */
    private static final int HEAP_MEGABYTES = 64;

    /** A call may allocate 256 MiB, a good part of it at once. */
    private static final int LEAST_HEAP_MEGABYTES = 192;

    /** A Python context with ten scripts, and a third for the collector. */
    private static final int HEAP_MEGABYTES_OF_A_CONTEXT = 8;

    private static final String CLASS_ARCHIVE = "-XX:SharedArchiveFile=";

    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            // Contexts live long, and what a call needs is little: the rest of the heap is for contexts.
            "-XX:NewRatio=4",
            // The optimizing compiler begins twenty times as late: a start costs 3.5 s of a processor instead of 5.8.
            "-XX:Tier4InvocationThreshold=100000",
            "-XX:Tier4MinInvocationThreshold=20000",
            "-XX:Tier4CompileThreshold=200000",
            "-XX:Tier4BackEdgeThreshold=800000",
            "-XX:+ExitOnOutOfMemoryError",
            // What it says then must not look like an answer.
            "-XX:+DisplayVMOutputToStderr",
            "-XX:ReservedCodeCacheSize=64m",
            // What the compilers needed goes back to the system: 60 MB. Since JDK 22.
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:TrimNativeHeapInterval=10000",
            "-XX:-UsePerfData",
            "-Dpolyglot.engine.WarnInterpreterOnly=false",
            "--enable-native-access=ALL-UNNAMED");

    /** Where the engine unpacks what it needs. */
    private static final List<String> HANDED_ON =
            List.of("user.home", "java.io.tmpdir", "polyglot.engine.userResourceCache");

    /** Newer virtual machines warn of what the engine does. */
    private static final int UNSAFE_WARNINGS_SINCE = 24;

    private static final String QUARKUS = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";
    private static final Path SHELL = Path.of("/bin/sh");

    /** Files: what a virtual machine opens for its class path. */
    private static final String LIMITED = "ulimit -n 1024; ulimit -c 0; exec \"$@\"";

    private static final List<String> WITHOUT_NETWORK = List.of("unshare", "--map-current-user", "--net");

    private final WorkerArguments arguments;
    private List<String> command = List.of();

    /** Of this program. */
    public WorkerCommand(WorkerArguments arguments) {
        this.arguments = arguments;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        if (works(WITHOUT_NETWORK)) {
            command.addAll(WITHOUT_NETWORK);
        }
        if (Files.isExecutable(SHELL)) {
            command.addAll(List.of(SHELL.toString(), "-c", LIMITED, "sh"));
        }
        command.add(ProcessHandle.current().info().command().orElseThrow());
        if (System.getProperty("org.graalvm.nativeimage.imagecode") == null) {
            String classPath = System.getProperty("java.class.path");
            command.add(heap());
            command.addAll(JVM);
            command.addAll(classArchive());
            for (String name : HANDED_ON) {
                Optional.ofNullable(System.getProperty(name))
                        .ifPresent(value -> command.add("-D" + name + "=" + value));
            }
            if (Runtime.version().feature() >= UNSAFE_WARNINGS_SINCE) {
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.addAll(List.of("-cp", classPath));
            if (classPath.endsWith("quarkus-run.jar")) {
                command.addAll(List.of(QUARKUS, ARGUMENT));
            } else {
                command.add(WorkerProgram.class.getName());
            }
        } else {
            command.addAll(List.of(heap(), ARGUMENT));
        }
        command.addAll(arguments.write());
        return command;
    }

    /** The classes that the service loads are those that its workers load. JEP 350. */
    private static List<String> classArchive() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith(CLASS_ARCHIVE))
                .findFirst()
                .map(archive -> List.of(archive, "-Xshare:auto", "-Xlog:disable"))
                .orElse(List.of());
    }

    private String heap() {
        int wanted = HEAP_MEGABYTES
                + HEAP_MEGABYTES_OF_A_CONTEXT * arguments.limits().domains();
        return "-Xmx" + Math.max(LEAST_HEAP_MEGABYTES, wanted) + "m";
    }

    /** Whether a program's arguments say that it is to be a worker process. */
    public static boolean isMeant(String[] arguments) {
        return arguments.length > 0 && arguments[0].equals(ARGUMENT);
    }

    private static boolean works(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(Redirect.DISCARD)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Finds out what the system lets it do when it is first called, which takes a moment. */
    synchronized ProcessBuilder process() {
        if (command.isEmpty()) {
            command = command();
        }
        ProcessBuilder process = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
        Map<String, String> environment = process.environment();
        environment.keySet().retainAll(List.of("PATH", "LD_LIBRARY_PATH", "TMPDIR"));
        return process;
    }
}
