package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.platform.PythonVenv;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the baselines of several scenarios need. */
final class Baselines {

    private Baselines() {}

    static PythonVenv.Made python(Workplace at) throws IOException, InterruptedException {
        return PythonVenv.in(at.folder().resolve("venv"), at.root().resolve("benchmarks/baselines/requirements.txt"));
    }

    /** The processes that a baseline keeps busy: its own and that of Kafka and the MQTT broker. */
    static Map<String, Long> withBrokers(Workplace at, String name, Child child) throws IOException {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("brokers", at.pusher().processes().get("brokers"));
        processes.put(name, child.pid());
        return processes;
    }
}
