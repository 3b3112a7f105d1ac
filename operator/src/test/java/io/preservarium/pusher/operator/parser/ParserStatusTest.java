package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.operator.Resources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ParserStatusTest {

    private static final Digest SHA = new Digest("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");

    private static final ParserStatus EVERYTHING = new ParserStatus(
            new TreeMap<>(Map.of(
                    new ParserRef("a.py"),
                    new ScriptOutcome.Live("c1", SHA, 2),
                    new ParserRef("b.js"),
                    new ScriptOutcome.Owned("c2", "belongs to rest"),
                    new ParserRef("c.py"),
                    new ScriptOutcome.Refused("c3", "examples.seven: \"7\" …", Optional.of(SHA)),
                    new ParserRef("d.py"),
                    new ScriptOutcome.Waiting("c4", "status 503", Optional.empty()))),
            new TreeMap<>(Map.of("-x.py", "no name of a script")),
            List.of("readme.md"));

    @Test
    void theAnnotationIsCompactJson() {
        assertThat(EVERYTHING.write(Resources.YAML))
                .isEqualTo("{\"state\":\"refused\",\"scripts\":{"
                        + "\"a.py\":{\"state\":\"live\",\"content\":\"c1\",\"sha256\":\"" + SHA + "\",\"examples\":2},"
                        + "\"b.js\":{\"state\":\"owned\",\"content\":\"c2\",\"message\":\"belongs to rest\"},"
                        + "\"c.py\":{\"state\":\"refused\",\"content\":\"c3\",\"sha256\":\"" + SHA
                        + "\",\"message\":\"examples.seven: \\\"7\\\" …\"},"
                        + "\"d.py\":{\"state\":\"waiting\",\"content\":\"c4\",\"message\":\"status 503\"}},"
                        + "\"problems\":{\"-x.py\":\"no name of a script\"},\"ignored\":[\"readme.md\"]}");
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        assertThat(ParserStatus.read(EVERYTHING.write(Resources.YAML), Resources.YAML))
                .contains(EVERYTHING);
    }

    @Test
    void whatSomebodyElseWroteIsNothing() {
        for (String text : List.of(
                "",
                "[what?",
                "true",
                "{\"scripts\":{\"../x\":{\"state\":\"owned\"}}}",
                "{\"scripts\":{\"a.py\":{\"state\":\"live\",\"sha256\":\"12\"}}}")) {
            assertThat(ParserStatus.read(text, Resources.YAML)).as(text).isEmpty();
        }
        assertThat(ParserStatus.read("{\"scripts\":{\"a.py\":{\"state\":\"grand\"}}}", Resources.YAML)
                        .orElseThrow()
                        .scripts())
                .isEmpty();
    }

    @Test
    void theWorstScriptIsTheState() {
        assertThat(state(Map.of())).isEqualTo("empty");
        Map<ParserRef, ScriptOutcome> scripts = new TreeMap<>();
        scripts.put(new ParserRef("a.py"), new ScriptOutcome.Live("c", SHA, 2));
        assertThat(state(scripts)).isEqualTo("live");
        scripts.put(new ParserRef("b.py"), new ScriptOutcome.Waiting("c", "status 503", Optional.empty()));
        assertThat(state(scripts)).isEqualTo("waiting");
        scripts.put(new ParserRef("c.py"), new ScriptOutcome.Owned("c", "belongs to rest"));
        assertThat(state(scripts)).isEqualTo("owned");
        scripts.put(new ParserRef("d.py"), new ScriptOutcome.Refused("c", "source: line 1", Optional.empty()));
        assertThat(state(scripts)).isEqualTo("refused");
        assertThat(new ParserStatus(new TreeMap<>(), new TreeMap<>(Map.of("-x.py", "no name")), List.of()).state())
                .isEqualTo("refused");
    }

    private static String state(Map<ParserRef, ScriptOutcome> scripts) {
        return new ParserStatus(new TreeMap<>(scripts), new TreeMap<>(), List.of()).state();
    }
}
