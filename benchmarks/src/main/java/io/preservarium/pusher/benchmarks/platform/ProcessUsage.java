package io.preservarium.pusher.benchmarks.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a process has used: processor time since its start, and the memory it holds. See proc(5). */
public record ProcessUsage(Duration processor, long residentMegabytes) {

    /** USER_HZ, the unit of times in /proc on every Linux that Java runs on. */
    private static final long TICKS_PER_SECOND = 100;

    /** Empty when there is no such process, or no /proc. */
    public static Optional<ProcessUsage> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name, in parentheses, can have spaces; utime and stime are the 14th and 15th field.
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            long ticks = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
            long resident = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
            return Optional.of(new ProcessUsage(Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND), resident / 1024));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
