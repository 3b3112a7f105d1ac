package io.preservarium.pusher.connector;

import io.preservarium.pusher.parsers.process.WorkerCommand;
import io.preservarium.pusher.parsers.process.WorkerProgram;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** A connector's program; its first argument can make it the worker process of one that runs scripts. */
@QuarkusMain
public final class ConnectorMain {

    private ConnectorMain() {}

    public static void main(String... arguments) {
        if (WorkerCommand.isMeant(arguments)) {
            WorkerProgram.main(arguments);
        } else {
            Quarkus.run(arguments);
        }
    }
}
