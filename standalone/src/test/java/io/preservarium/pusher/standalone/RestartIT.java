package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was accepted is kept for the next start. */
class RestartIT {

    @TempDir
    Path folder;

    @Test
    void theNextStartFindsTheCommandsOfTheLast() throws Exception {
        Path scripts = RunningPusher.writeScripts(folder.resolve("scripts"));
        String id;
        try (RunningPusher first = RunningPusher.start(folder.resolve("data"), scripts, 21_000)) {
            id = first.accept(CoapCommandIT.numbered("sleeper", 1, "number.py"));
            first.awaitState(id, "queued");
        }
        try (RunningPusher second = RunningPusher.start(folder.resolve("data"), scripts, 21_000)) {
            System.out.println("second start: " + second.said().replaceAll("(?s).*(ready in [^\\n]*).*", "$1"));
            assertThat(second.status(id).get("state").asText()).isEqualTo("queued");
        }
    }
}
