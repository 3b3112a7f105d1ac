package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.ScriptVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptJsonTest {

    private static final Instant AT = Instant.parse("2026-11-21T01:52:03Z");
    private static final PublishedScript SCRIPT = new PublishedScript(
            new ParserRef("valve.py"),
            "def format_command(command, config):\n    return b'1'\n",
            new TreeMap<>(Map.of("valve.proto", "syntax = \"proto3\";\n")),
            Optional.of("{\"examples\":[]}"),
            Digest.of(new byte[0]),
            "configmap:plant/valves",
            AT);

    private static final Digest OLDER = Digest.of(new byte[1]);

    @Test
    void theRecordOnTheScriptTopicIsPinned() throws IOException {
        String golden =
                CommandJsonTest.golden("script.json").replaceAll("\\n *", "").strip();
        assertThat(new String(ScriptJson.write(SCRIPT), StandardCharsets.UTF_8)).isEqualTo(golden);
        assertThat(ScriptJson.readPublished(ScriptJson.write(SCRIPT))).contains(SCRIPT);
    }

    @Test
    void draftsAndVerdictsComeBackAsTheyWere() {
        PublishedScript.Draft draft =
                new PublishedScript.Draft(SCRIPT.ref(), SCRIPT.source(), SCRIPT.companions(), SCRIPT.examples());
        PublishedScript.Candidate candidate = new PublishedScript.Candidate(draft, SCRIPT.owner());
        assertThat(ScriptJson.readCandidate(ScriptJson.write(candidate))).contains(candidate);
        assertThat(ScriptJson.readUpload(draft.ref(), ScriptJson.writeUpload(draft)))
                .isEqualTo(new ScriptJson.Upload.Valid(draft));
        ScriptVerdict passed = new ScriptVerdict.Passed(SCRIPT.sha256(), 3);
        assertThat(ScriptJson.readVerdict(ScriptJson.write(passed))).contains(passed);
        ScriptVerdict refused =
                new ScriptVerdict.Refused("1 of 3 failed", List.of(new ScriptVerdict.Failure("open", "01", "02")));
        assertThat(ScriptJson.readVerdict(ScriptJson.write(refused))).contains(refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "[]",
                "{\"ref\":\"../x.py\",\"source\":\"\"}",
                "{\"ref\":\"x.py\",\"source\":7}",
                "{\"ref\":\"x.py\",\"source\":\"\"}",
                "{\"ref\":\"x.py\",\"source\":\"\",\"companions\":{\"a.proto\":1}}"
            })
    void whatIsNoScriptReadsAsEmpty(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(ScriptJson.readCandidate(bytes)).isEmpty();
        assertThat(ScriptJson.readPublished(bytes)).isEmpty();
    }

    @Test
    void theStatusOfAConnectorIsPinned() {
        ScriptStatus status = new ScriptStatus(
                SCRIPT.ref(),
                "coap-connector-0",
                ScriptStatus.State.LIVE,
                Optional.of(SCRIPT.sha256()),
                new TreeMap<>(Map.of(ParserLayer.SHIPPED, OLDER, ParserLayer.TOPIC, SCRIPT.sha256())),
                Optional.empty(),
                AT);
        assertThat(ScriptJson.readStatus(ScriptJson.write(status))).contains(status);
        assertThat(ScriptJson.readStatus("{\"ref\":\"valve.py\"}".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(new String(ScriptJson.write(status), StandardCharsets.UTF_8))
                .isEqualTo("{\"ref\":\"valve.py\",\"instance\":\"coap-connector-0\",\"state\":\"live\",\"sha256\":\""
                        + SCRIPT.sha256() + "\",\"layers\":{\"shipped\":\"" + OLDER + "\",\"topic\":\""
                        + SCRIPT.sha256()
                        + "\"},\"at\":\"2026-11-21T01:52:03.000Z\"}");
    }

    @Test
    void anUploadTakesExamplesAsObjectOrText() {
        String text = "{\"source\":\"x = 1\",\"companions\":{\"a.proto\":\"\"},\"examples\":%s}";
        for (String examples : List.of("{\"examples\":[]}", "\"{\\\"examples\\\":[]}\"")) {
            assertThat(upload(text.formatted(examples)))
                    .isEqualTo(new ScriptJson.Upload.Valid(new PublishedScript.Draft(
                            SCRIPT.ref(), "x = 1", Map.of("a.proto", ""), Optional.of("{\"examples\":[]}"))));
        }
        assertThat(upload("{\"source\":\"\",\"companions\":null}")).isInstanceOf(ScriptJson.Upload.Valid.class);
    }

    @Test
    void halfACharacterInAnUploadIsNamed() {
        assertThat(upload("{\"source\":\"a\\ud83d\",\"companions\":{\"x.proto\":\"\\udc00\"}}"))
                .isEqualTo(new ScriptJson.Upload.Invalid(List.of(
                        new Violation("source", "is not valid Unicode"),
                        new Violation("companions", "is not valid Unicode"))));
    }

    @Test
    void whatAScriptSaidIsWellFormedInAVerdictAndAStatus() {
        ScriptVerdict.Refused refused = new ScriptVerdict.Refused(
                "bad \uD83D", List.of(new ScriptVerdict.Failure("\uD83D", "\uDC00", "\uDC00")));
        assertThat(ScriptJson.readVerdict(ScriptJson.write(refused))).contains(refused);
        assertThat(refused.message()).isEqualTo("bad \uFFFD");
    }

    @Test
    void whatIsWrongInAnUploadIsNamed() {
        assertThat(upload("{\"path\":\"x\",\"companions\":{\"a.proto\":1},\"examples\":[]}"))
                .isInstanceOfSatisfying(ScriptJson.Upload.Invalid.class, invalid -> assertThat(invalid.violations())
                        .extracting(Violation::field)
                        .containsExactly("path", "source", "companions.a.proto", "examples"));
        for (String text : List.of("", "{", "[]", "{\"source\":\"\",\"companions\":[]}")) {
            assertThat(upload(text)).as(text).isInstanceOf(ScriptJson.Upload.Invalid.class);
        }
    }

    private static ScriptJson.Upload upload(String body) {
        return ScriptJson.readUpload(SCRIPT.ref(), body.getBytes(StandardCharsets.UTF_8));
    }
}
