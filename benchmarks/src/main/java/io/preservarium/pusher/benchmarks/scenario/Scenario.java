package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.report.Result;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What can be asked of the pusher, by the names that {@code ./dev bench} takes. */
public enum Scenario {
    REST("commands posted one by one", at -> new RestCommands(at).run()),
    COAP_UPLINK("CoAP uplinks of devices for which nothing waits", at -> new CoapUplinks(at).run()),
    COAP_COMMAND("CoAP uplinks answered with a command that a script formats", at -> new CoapCommands(at).run()),
    MQTT("commands in Kafka → PUBACK and 'sent', with a Python script", at -> new MqttCommands(at).run()),
    GROWTH(
            "the same work with 1, 10 and 100 commands waiting for each device",
            at -> new Growth(at).run(),
            List.of(),
            Map.of("WAITING_PER_DEVICE", Integer.toString(Growth.WAITING_PER_DEVICE))),
    BACKLOG(
            "both connectors go on after a pause in which many commands were accepted",
            at -> new Backlog(at).run(),
            List.of("coap-connector:-Xmx512m", "mqtt-connector:-Xmx512m"),
            Map.of()),
    ONE_DEVICE("far too many commands for one device, and what the others notice", at -> new OneDevice(at).run()),
    SCRIPTS("calls of one script on one processor", at -> new Scripts(at).run()),
    HOSTILE_SCRIPTS("calls of a script beside those of a hostile one", at -> new HostileScripts(at).run()),
    DOMAINS("two hundred scripts of twenty trust domains in use", at -> new Domains(at).run()),
    MILLION("a million commands waiting", at -> new Million(at).run(), List.of("coap-connector:-Xmx512m"), Map.of());

    private final String question;
    private final Run run;
    private final List<String> javaOptions;
    private final Map<String, String> environment;

    Scenario(String question, Run run) {
        this(question, run, List.of(), Map.of());
    }

    Scenario(String question, Run run, List<String> javaOptions, Map<String, String> environment) {
        this.question = question;
        this.run = run;
        this.javaOptions = javaOptions;
        this.environment = environment;
    }

    /** How a scenario does what it does. */
    interface Run {
        Result run(Workplace at) throws Exception;
    }

    /** By the name in lower case with dashes. */
    public static Optional<Scenario> of(String word) {
        for (Scenario scenario : values()) {
            if (scenario.word().equals(word)) {
                return Optional.of(scenario);
            }
        }
        return Optional.empty();
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String question() {
        return question;
    }

    /** What the services' JVMs must be started with for it. */
    public List<String> javaOptions() {
        return javaOptions;
    }

    /** Settings of the services that it needs. */
    public Map<String, String> environment() {
        return environment;
    }

    public Result run(Workplace at) throws Exception {
        return run.run(at);
    }
}
