package io.preservarium.pusher.connector;

import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.process.WorkerCommand;
import io.preservarium.pusher.parsers.process.WorkerProgram;
import io.preservarium.pusher.parsers.tool.ParserTool;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * A connector's program. Its first argument can make it the worker process of one that runs scripts, or the tool of who
 * writes them.
 */
@QuarkusMain
public final class ConnectorMain {

    private ConnectorMain() {}

    public static void main(String... arguments) {
        if (WorkerCommand.isMeant(arguments)) {
            WorkerProgram.main(arguments);
        } else if (ParserTool.isMeant(arguments)) {
            System.exit(ParserTool.run(arguments, limits(), new PrintWriter(System.out, true, StandardCharsets.UTF_8)));
        } else {
            Quarkus.run(arguments);
        }
    }

    /** As a connector that is started here would have them. */
    private static ParsersConfig limits() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDefaultSources()
                .withMapping(ParsersConfig.class)
                .build()
                .getConfigMapping(ParsersConfig.class);
    }
}
