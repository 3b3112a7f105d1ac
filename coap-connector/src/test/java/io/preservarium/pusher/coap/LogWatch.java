package io.preservarium.pusher.coap;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Everything that is logged while a test runs, by the log manager that the tests' JVM is started with. */
public final class LogWatch extends Handler implements AutoCloseable {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");

    public LogWatch() {
        root.addHandler(this);
    }

    /** At ERROR. */
    List<String> alarms() {
        return records.stream()
                .filter(r -> r.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(r -> r.getLoggerName() + ": " + r.getMessage() + " " + r.getThrown())
                .toList();
    }

    public List<String> messages() {
        return records.stream().map(r -> new SimpleFormatter().formatMessage(r)).toList();
    }

    long lines() {
        return records.size();
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
    }
}
