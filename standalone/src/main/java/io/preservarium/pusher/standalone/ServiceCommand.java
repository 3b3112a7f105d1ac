package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How to run one service: the command line of its JVM, its settings as environment variables, and the file in which the
 * JVM archives the classes it has loaded when it first stops in order.
 */
record ServiceCommand(List<String> commandLine, Map<String, String> environment, Path classArchive) {

    /** From this version on, what libraries do with sun.misc.Unsafe is warned of, and can be allowed. JEP 498. */
    private static final int UNSAFE_WARNINGS_SINCE = 24;

    /** Marks a process as ours: the property names the data folder. */
    private static final String MARK = "-Dpusher.standalone.data=";

    ServiceCommand {
        commandLine = List.copyOf(commandLine);
        environment = Map.copyOf(environment);
    }

    static ServiceCommand of(
            Service service,
            Path root,
            DataFolder data,
            Ports ports,
            String internalToken,
            Optional<Path> scripts,
            List<String> javaOptions)
            throws IOException {
        Path jar = jar(root, service);
        Path archive = classArchive(service, jar, Files.createDirectories(root.resolve(".dev/cds")));
        return new ServiceCommand(
                commandLine(service, jar, archive, data, javaOptions),
                environment(service, data, ports, internalToken, scripts),
                archive);
    }

    /** Where Maven puts what the service is started with. */
    static Path jar(Path root, Service service) {
        return root.resolve(service.toString()).resolve("target/quarkus-app/quarkus-run.jar");
    }

    /** Whether this process was started by a launcher on that data folder. */
    static boolean isOurs(ProcessHandle process, DataFolder data) {
        return process.info().commandLine().orElse("").contains(mark(data));
    }

    private static String mark(DataFolder data) {
        return MARK + data.path();
    }

    private static List<String> commandLine(
            Service service, Path jar, Path archive, DataFolder data, List<String> javaOptions) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-Xmx" + service.heapMegabytes() + "m");
        // Rows live until the next commit, which makes the pauses of a serial collector as long as 100 ms.
        line.add("-XX:+UseG1GC");
        line.add("-XX:MaxGCPauseMillis=50");
        line.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= UNSAFE_WARNINGS_SINCE) {
            line.add("--sun-misc-unsafe-memory-access=allow");
        }
        // JDK 19 and newer: loaded classes are archived at the first orderly stop. A missing or outdated archive is no
        // error.
        line.add("-XX:+AutoCreateSharedArchive");
        line.add("-XX:SharedArchiveFile=" + archive);
        line.add("-Xlog:disable");
        line.add("-Dpolyglot.engine.WarnInterpreterOnly=false");
        line.add(mark(data));
        line.addAll(javaOptions);
        line.add("-jar");
        line.add(jar.toString());
        return line;
    }

    /** One archive per build and Java version; those of earlier builds are deleted. */
    private static Path classArchive(Service service, Path jar, Path folder) throws IOException {
        String name = service + "-" + Runtime.version() + "-" + newestFile(jar.resolveSibling("app")) + ".jsa";
        try (Stream<Path> archives = Files.list(folder)) {
            for (Path other : archives.toList()) {
                String otherName = other.getFileName().toString();
                if (otherName.startsWith(service + "-") && !otherName.equals(name)) {
                    Files.deleteIfExists(other);
                }
            }
        }
        return folder.resolve(name);
    }

    private static long newestFile(Path app) throws IOException {
        try (Stream<Path> files = Files.walk(app)) {
            long newest = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
            }
            return newest;
        }
    }

    private static Map<String, String> environment(
            Service service, DataFolder data, Ports ports, String internalToken, Optional<Path> scripts)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", ports.fromHere() + ":" + ports.kafka());
        environment.put("MQTT_HOST", ports.fromHere());
        environment.put("MQTT_PORT", Integer.toString(ports.mqtt()));
        environment.put("HTTP_HOST", service.httpHost(ports));
        environment.put("HTTP_PORT", Integer.toString(service.httpPort(ports)));
        environment.put("QUARKUS_HTTP_HOST", service.httpHost(ports));
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(service.httpPort(ports)));
        environment.put("COAP_HOST", ports.listen());
        environment.put("COAP_PORT", Integer.toString(ports.coap()));
        environment.put("STATE_DIR", data.state(service.toString()).toString());
        environment.put("INSTANCE_ID", service + "-0");
        environment.put("AUTH", "none");
        environment.put("INTERNAL_TOKEN", internalToken);
        environment.put(
                "CONNECTOR_URLS",
                "http://" + Ports.LOOPBACK + ":" + ports.coapConnector() + ",http://" + Ports.LOOPBACK + ":"
                        + ports.mqttConnector());
        scripts.ifPresent(folder ->
                environment.put("PARSER_SCRIPTS_DIR", folder.toAbsolutePath().toString()));
        return environment;
    }
}
