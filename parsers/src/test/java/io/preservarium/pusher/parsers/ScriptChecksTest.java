package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScriptChecksTest {

    private static final ParserRef REF = new ParserRef("door.js");
    private static final String SEVEN = "function formatCommand() { return [7]; }";
    private static final String EXAMPLE = """
            {"examples": [{"name": "seven", "function": "format_command", "command": {}, "bytes": "07"}]}""";

    private final ScriptChecks door = new ScriptChecks(Runtime.PARSER, TestConfig.defaults());

    @Test
    void aScriptWhoseExamplesPassIsAnsweredWithItsDigest() throws Exception {
        assertThat(ask(SEVEN, Map.of(), Optional.of(EXAMPLE)))
                .isEqualTo(new ScriptVerdict.Passed(
                        Runtime.script(REF, SEVEN).version().sha256(), 1));
        assertThat(Runtime.CATALOG.live(REF)).as("a check makes nothing live").isEmpty();
    }

    @Test
    void aFailingExampleIsNamed() throws Exception {
        assertThat(ask(SEVEN.replace('7', '8'), Map.of(), Optional.of(EXAMPLE)))
                .isInstanceOfSatisfying(ScriptVerdict.Refused.class, refused -> assertThat(refused.failures())
                        .containsExactly(new ScriptVerdict.Failure("seven", "bytes 07", "bytes 08")));
    }

    @Test
    void whatIsNoScriptOrTooLongIsRefused() throws Exception {
        assertThat(answer("{}".getBytes(StandardCharsets.UTF_8))).isInstanceOf(ScriptVerdict.Refused.class);
        assertThat(refusal(ask("//" + "x".repeat(262_144), Map.of(), Optional.empty())))
                .contains("PARSER_SCRIPT_LIMIT");
        assertThat(refusal(ask(SEVEN, Map.of("../a.proto", ""), Optional.empty())))
                .contains("../a.proto");
        assertThat(refusal(ask(SEVEN, Map.of(), Optional.of("no examples")))).isNotEmpty();
    }

    private static String refusal(ScriptVerdict verdict) {
        assertThat(verdict).isInstanceOf(ScriptVerdict.Refused.class);
        return ((ScriptVerdict.Refused) verdict).message();
    }

    private ScriptVerdict ask(String source, Map<String, String> companions, Optional<String> examples)
            throws Exception {
        return answer(ScriptJson.write(
                new PublishedScript.Candidate(new PublishedScript.Draft(REF, source, companions, examples), "rest")));
    }

    private ScriptVerdict answer(byte[] draft) throws Exception {
        return ScriptJson.readVerdict(door.answer(draft).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .orElseThrow();
    }
}
