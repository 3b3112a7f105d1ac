package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.delivery.DeliveryConfig;
import java.nio.file.Path;
import java.time.Duration;

/** Settings of a delivery instance in a test: short times, four partitions' worth of memory. */
record TestConfig(
        String applicationId,
        String instanceId,
        String stateDir,
        Topics topics,
        Duration attemptLease,
        Duration parserWait)
        implements DeliveryConfig {

    record TestTopics(String commands, String cancellations, String status, String uplinks, String deadLetters)
            implements Topics {

        static TestTopics startingWith(String prefix) {
            return new TestTopics(prefix + "c", prefix + "x", prefix + "s", prefix + "u", prefix + "d");
        }
    }

    static TestConfig of(String application, String instance, Path folder, Topics topics) {
        return new TestConfig(
                application,
                instance,
                folder.resolve(instance).toString(),
                topics,
                Duration.ofSeconds(3),
                Duration.ofSeconds(3));
    }

    TestConfig leasing(Duration lease) {
        return new TestConfig(applicationId, instanceId, stateDir, topics, lease, parserWait);
    }

    TestConfig waitingForParsers(Duration wait) {
        return new TestConfig(applicationId, instanceId, stateDir, topics, attemptLease, wait);
    }

    @Override
    public int standbys() {
        return 0;
    }

    @Override
    public int stateReplication() {
        return 1;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public Duration sessionTimeout() {
        return Duration.ofSeconds(15);
    }

    @Override
    public int storeMemoryMib() {
        return 16;
    }

    @Override
    public Duration defaultExpiry() {
        return Duration.ofDays(7);
    }

    @Override
    public Duration maxExpiry() {
        return Duration.ofDays(30);
    }

    @Override
    public int waitingPerDevice() {
        return 100;
    }

    @Override
    public int maxAttempts() {
        return 3;
    }

    @Override
    public Duration deadlineInterval() {
        return Duration.ofMillis(200);
    }

    @Override
    public boolean ownsInvalidCommands() {
        return true;
    }
}
