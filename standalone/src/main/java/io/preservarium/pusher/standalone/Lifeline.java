package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Ends the services when this process is gone without a word (kill -9): a shell whose standard input is a pipe from
 * here reads its end, and only then looks at the process ids that are still recorded.
 */
final class Lifeline implements AutoCloseable {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            cat >/dev/null
            pids=$(cat "$0"/*.pid 2>/dev/null | tr '\\n' ' ')
            [ -n "$pids" ] || exit 0
            kill $pids 2>/dev/null
            sleep 3
            kill -9 $pids 2>/dev/null
            """;

    private final OutputStream pipe;

    private Lifeline(OutputStream pipe) {
        this.pipe = pipe;
    }

    static Lifeline over(Path pidFiles) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", SCRIPT, pidFiles.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Lifeline(shell.getOutputStream());
    }

    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
