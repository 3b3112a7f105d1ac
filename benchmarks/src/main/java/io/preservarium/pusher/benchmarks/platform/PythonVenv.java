package io.preservarium.pusher.benchmarks.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The Python of the baselines, with what {@code requirements.txt} pins; made once below {@code .dev}. */
public final class PythonVenv {

    private final Path folder;
    private final Path log;

    private PythonVenv(Path folder, Path log) {
        this.folder = folder;
        this.log = log;
    }

    /** What trying to have one came to. */
    public sealed interface Made {
        record Ready(PythonVenv venv) implements Made {}

        record Missing(String why) implements Made {}
    }

    /** Makes it, or takes the one made before from the same requirements. */
    public static Made in(Path folder, Path requirements) throws IOException, InterruptedException {
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        PythonVenv venv = new PythonVenv(folder, log);
        Path made = folder.resolve("requirements.txt");
        String wanted = Files.readString(requirements);
        if (Files.exists(made) && Files.readString(made).equals(wanted)) {
            return new Made.Ready(venv);
        }
        if (!venv.succeeds(List.of("python3", "-m", "venv", "--clear", folder.toString()))) {
            return new Made.Missing("python3 with venv is not there; see " + log);
        }
        if (!venv.succeeds(
                List.of(venv.python().toString(), "-m", "pip", "install", "--quiet", "-r", requirements.toString()))) {
            return new Made.Missing("the Python packages could not be installed; see " + log);
        }
        Files.writeString(made, wanted);
        return new Made.Ready(venv);
    }

    private boolean succeeds(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    public Path python() {
        return folder.resolve("bin/python");
    }
}
