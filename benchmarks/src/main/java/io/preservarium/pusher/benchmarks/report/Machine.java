package io.preservarium.pusher.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were measured on. */
public record Machine(String processor, int cores, long memoryGigabytes, String java) {

    static Machine here() {
        return new Machine(
                first(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                Math.round(Double.parseDouble(
                                first(Path.of("/proc/meminfo"), "MemTotal", "0").replaceAll("\\D", ""))
                        / (1 << 20)),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    private static String first(Path file, String key, String otherwise) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
