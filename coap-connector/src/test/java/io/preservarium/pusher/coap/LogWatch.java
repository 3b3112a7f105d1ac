package io.preservarium.pusher.coap;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jboss.logmanager.LogContext;

/** Everything that is logged while a test runs. */
final class LogWatch extends Handler implements AutoCloseable {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    /** One or two, by which log manager the JVM of the tests was started with. */
    private final Set<Logger> roots =
            Set.copyOf(List.of(Logger.getLogger(""), LogContext.getLogContext().getLogger("")));

    LogWatch() {
        roots.forEach(root -> root.addHandler(this));
    }

    /** At ERROR. */
    List<String> alarms() {
        return records.stream()
                .filter(r -> r.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(r -> r.getLoggerName() + ": " + r.getMessage() + " " + r.getThrown())
                .toList();
    }

    List<String> messages() {
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
        roots.forEach(root -> root.removeHandler(this));
    }
}
