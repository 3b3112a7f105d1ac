package io.preservarium.pusher.parsers.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CheckTimeTest {

    private static final ScriptLimits LIMITS = new ScriptLimits(
            Duration.ofSeconds(5), Duration.ofSeconds(5), 1L << 28, 100, 10_000, 1, 2, 3, Duration.ofMinutes(1));

    @Test
    void examplesThatTakeTooLongTogetherAreNotRunToTheEnd() throws Exception {
        String examples = IntStream.range(0, 100)
                .mapToObj(n -> "{\"name\": \"" + n + "\", \"command\": {}, \"bytes\": \"\"}")
                .collect(Collectors.joining(",", "{\"examples\": [", "]}"));
        ParserScript script = new ParserScript(
                TrustDomain.DIRECTORY,
                new ParserRef("slow.py"),
                "import time\ndef format_command(c):\n  time.sleep(0.2)\n  return b''",
                Map.of(),
                Optional.of(examples));
        try (ScriptSandbox sandbox = new ScriptSandbox();
                ParserCheck check = new ParserCheck(Isolation.IN_PROCESS, sandbox, LIMITS, Duration.ofSeconds(1))) {
            assertThat(check.check(script).toCompletableFuture().get(2, TimeUnit.MINUTES))
                    .isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> assertThat(refused.message())
                            .startsWith("its examples take longer than 1 s: "));
        }
    }
}
