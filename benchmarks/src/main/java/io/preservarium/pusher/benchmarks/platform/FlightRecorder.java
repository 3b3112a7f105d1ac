package io.preservarium.pusher.benchmarks.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Has the JVMs of the pusher record what they do, from when they are warm until the work is done. */
public final class FlightRecorder {

    private static final String NAME = "bench";
    private static final int CPU_TIME_SINCE = 25; // JEP 509

    private final Path folder;
    private final Map<String, Long> recording = new LinkedHashMap<>();

    /** Recordings go into that folder. */
    public FlightRecorder(Path folder) {
        this.folder = folder;
    }

    public void start(Pusher pusher) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (Map.Entry<String, Long> process : pusher.processes().entrySet()) {
            List<String> command = new ArrayList<>(
                    List.of("JFR.start", "name=" + NAME, "settings=profile", "filename=" + file(process.getKey())));
            if (Runtime.version().feature() >= CPU_TIME_SINCE) {
                command.add("jdk.CPUTimeSample#enabled=true");
            }
            jcmd(process.getValue(), command);
            recording.put(process.getKey(), process.getValue());
        }
    }

    /** The recordings by process. */
    public Map<String, Path> stop() throws IOException, InterruptedException {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<String, Long> process : recording.entrySet()) {
            jcmd(process.getValue(), List.of("JFR.stop", "name=" + NAME));
            files.put(process.getKey(), file(process.getKey()));
        }
        recording.clear();
        return files;
    }

    private Path file(String process) {
        return folder.resolve(process + ".jfr");
    }

    private static void jcmd(long pid, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid)));
        command.addAll(arguments);
        Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said);
        }
    }
}
