package io.preservarium.pusher.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** The samples of a flight recording, added up in several ways, as Markdown tables. */
public final class WhereTimeGoes {

    private static final int ROWS = 15;
    private static final String OURS = "io.preservarium";
    private static final List<String> SAMPLES = List.of("jdk.CPUTimeSample", "jdk.ExecutionSample");

    /** Whose work a stack is: that of the innermost frame of one of these. */
    private static final Map<String, String> LIBRARIES = Map.ofEntries(
            Map.entry("com.oracle.graal.python", "GraalPy"),
            Map.entry("com.oracle.truffle.js", "GraalJS"),
            Map.entry("com.oracle.truffle", "Truffle"),
            Map.entry("org.graalvm", "Truffle"),
            Map.entry("org.apache.kafka.streams", "Kafka Streams"),
            Map.entry("org.apache.kafka.clients.producer", "Kafka producer"),
            Map.entry("org.apache.kafka.clients.consumer", "Kafka consumer"),
            Map.entry("org.apache.kafka", "Kafka, other"),
            Map.entry("kafka", "Kafka broker"),
            Map.entry("org.rocksdb", "RocksDB"),
            Map.entry("org.eclipse.californium", "Californium"),
            Map.entry("com.hivemq.client", "hivemq-mqtt-client"),
            Map.entry("com.hivemq", "HiveMQ broker"),
            Map.entry("com.fasterxml.jackson", "Jackson"),
            Map.entry("io.netty", "Netty"),
            Map.entry("io.vertx", "Vert.x"),
            Map.entry("io.quarkus", "Quarkus"),
            Map.entry("org.jboss.resteasy", "Quarkus REST"),
            Map.entry("io.micrometer", "Micrometer"),
            Map.entry(OURS, "our code"));

    private final Map<String, Integer> byLibrary = new HashMap<>();
    private final Map<String, Integer> byOurMethod = new HashMap<>();
    private final Map<String, Integer> byMethod = new HashMap<>();
    private final Map<String, Integer> byThread = new HashMap<>();
    private int samples;

    private WhereTimeGoes() {}

    /** The tables for one process. */
    public static String of(String process, Path recording) throws IOException {
        for (String kind : SAMPLES) {
            WhereTimeGoes sums = new WhereTimeGoes();
            try (RecordingFile file = new RecordingFile(recording)) {
                while (file.hasMoreEvents()) {
                    RecordedEvent event = file.readEvent();
                    if (event.getEventType().getName().equals(kind) && event.getStackTrace() != null) {
                        sums.add(event);
                    }
                }
            }
            if (sums.samples > 0) {
                return sums.page(process, kind);
            }
        }
        return "\n## " + process + "\n\nno samples\n";
    }

    private void add(RecordedEvent event) {
        List<RecordedMethod> stack = event.getStackTrace().getFrames().stream()
                .filter(RecordedFrame::isJavaFrame)
                .map(RecordedFrame::getMethod)
                .toList();
        if (stack.isEmpty()) {
            return;
        }
        samples++;
        count(byMethod, name(stack.getFirst()));
        count(byThread, thread(event));
        count(byLibrary, first(stack, WhereTimeGoes::library).orElse("the JDK alone"));
        count(byOurMethod, first(stack, WhereTimeGoes::ours).orElse("(none of ours on the stack)"));
    }

    private static void count(Map<String, Integer> sums, String key) {
        sums.merge(key, 1, Integer::sum);
    }

    private static Optional<String> first(
            List<RecordedMethod> stack, Function<RecordedMethod, Optional<String>> found) {
        return stack.stream().map(found).flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> library(RecordedMethod method) {
        String type = method.getType().getName();
        return LIBRARIES.entrySet().stream()
                .filter(entry -> type.startsWith(entry.getKey() + "."))
                .max(Map.Entry.comparingByKey(java.util.Comparator.comparingInt(String::length)))
                .map(Map.Entry::getValue);
    }

    private static Optional<String> ours(RecordedMethod method) {
        return method.getType().getName().startsWith(OURS) ? Optional.of(name(method)) : Optional.empty();
    }

    private static String name(RecordedMethod method) {
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName();
    }

    /** Threads of one pool are one row. */
    private static String thread(RecordedEvent event) {
        String field = event.hasField("sampledThread") ? "sampledThread" : "eventThread";
        return Optional.ofNullable(event.getThread(field))
                .map(thread -> thread.getJavaName())
                .map(name -> name.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "…").replaceAll("\\d+", "n"))
                .orElse("?");
    }

    private String page(String process, String kind) {
        StringBuilder page = new StringBuilder("\n## " + process + "\n\n")
                .append(String.format(Locale.ROOT, "%,d samples (%s)%n", samples, kind));
        table(page, "library (innermost frame of one)", byLibrary);
        table(page, "our method (innermost)", byOurMethod);
        table(page, "method on top", byMethod);
        table(page, "threads", byThread);
        return page.toString();
    }

    private void table(StringBuilder page, String title, Map<String, Integer> sums) {
        page.append("\n| ").append(title).append(" | % |\n|---|---:|\n");
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(ROWS)
                .forEach(entry -> page.append(String.format(
                        Locale.ROOT, "| `%s` | %.1f |%n", entry.getKey(), 100.0 * entry.getValue() / samples)));
    }
}
