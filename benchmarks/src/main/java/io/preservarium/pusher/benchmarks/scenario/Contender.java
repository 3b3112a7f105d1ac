package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.report.Round;
import java.util.Map;

/** One way of doing the work that a scenario asks for: the pusher's, or a baseline's. */
interface Contender extends AutoCloseable {

    String name();

    /** The processes that do the work, by name. */
    Map<String, Long> processes() throws Exception;

    /** Does the work once; numbers start at 0, which is the warm-up. */
    Round run(int number) throws Exception;

    @Override
    void close() throws Exception;
}
