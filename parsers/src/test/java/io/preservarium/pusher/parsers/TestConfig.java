package io.preservarium.pusher.parsers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The defaults, except what a test says. */
record TestConfig(Optional<Path> scriptsDir, Duration callLimit, Duration loadLimit, OptionalInt contexts)
        implements ParsersConfig {

    TestConfig(Optional<Path> scriptsDir, Duration callLimit, Duration loadLimit, int contexts) {
        this(scriptsDir, callLimit, loadLimit, OptionalInt.of(contexts));
    }

    static TestConfig defaults() {
        return new TestConfig(Optional.empty(), Duration.ofMillis(250), Duration.ofSeconds(5), 2);
    }

    TestConfig withScriptsDir(Path folder) {
        return new TestConfig(Optional.of(folder), callLimit, loadLimit, contexts);
    }

    @Override
    public Duration scriptsPoll() {
        return Duration.ofMillis(50);
    }

    @Override
    public long memoryLimit() {
        return 256L << 20;
    }

    @Override
    public int outputLimit() {
        return 65536;
    }

    @Override
    public int scriptLimit() {
        return 262144;
    }

    @Override
    public int quarantineAfter() {
        return 3;
    }

    @Override
    public Duration quarantine() {
        return Duration.ofSeconds(2);
    }
}
