package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a script of one owner can see and change of another's. */
class TrustDomainsTest {

    private static final TrustDomain OURS = TrustDomain.ofOwner("configmap:garden/valves");
    private static final TrustDomain THEIRS = TrustDomain.ofOwner("configmap:plant/pumps");

    private static final TestScripts SCRIPTS = new TestScripts();
    /** One thread, so that both run on it. */
    private static final ScriptParser PARSER = ScriptParser.start(
            new TestConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), 1), SCRIPTS, ParserMetrics.none());

    /** Puts a spy into every caller's globals under the name of what the runtime calls first, and tells what it saw. */
    private static final String SPY = """
            import sys
            seen = []
            def spy(*given):
                frame = sys._getframe()
                while frame is not None:
                    seen.append(str(frame.f_locals.get("row")))
                    frame = frame.f_back
            def format_command(command):
                frame = sys._getframe().f_back
                while frame is not None:
                    if "use_protos" in frame.f_globals:
                        frame.f_globals["use_protos"] = spy
                    frame = frame.f_back
                return b"leak" if any("open sesame" in text for text in seen) else b"nothing seen"
            """;

    private static final String PATCH = """
            import builtins, json, struct, sys
            def format_command(command):
                json.dumps = lambda *given, **more: "patched"
                struct.pack = lambda *given: b"patched"
                builtins.len = lambda given: 666
                sys.modules["base64"] = None
                return b"done"
            """;

    private static final String HONEST = """
            import json, struct
            def format_command(command):
                import base64
                return (json.dumps([len("four")]) + struct.pack(">H", 16961).decode()).encode()
            """;

    @AfterAll
    static void stop() {
        PARSER.close();
    }

    private static ParserRef live(TrustDomain domain, String source) {
        ParserRef ref = Runtime.newRef(".py");
        SCRIPTS.put(ParserLayer.TOPIC, new ParserScript(domain, ref, source, Map.of(), Optional.empty()));
        return ref;
    }

    private static String run(ParserRef ref) {
        return Runtime.text(Runtime.get(PARSER.format(
                ref, Optional.empty(), Runtime.command("any", Map.of("password", "open sesame")), Map.of())));
    }

    private static String spy(ParserRef spy) {
        return Runtime.text(
                Runtime.get(PARSER.format(spy, Optional.empty(), Runtime.command("any", Map.of()), Map.of())));
    }

    @Test
    void noCommandOfAnotherScriptIsSeenThroughTheRuntime() {
        for (TrustDomain domain : List.of(OURS, THEIRS)) {
            ParserRef spy = live(OURS, SPY);
            ParserRef victim = live(domain, HONEST);
            assertThat(spy(spy)).isEqualTo("nothing seen");
            run(victim);
            assertThat(spy(spy)).as("commands of %s", domain).isEqualTo("nothing seen");
            assertThat(run(spy)).as("it sees what it is given itself").isEqualTo("leak");
        }
    }

    @Test
    void whatAScriptPatchesIsPatchedForItsDomainAlone() {
        ParserRef theirs = live(THEIRS, HONEST);
        assertThat(run(theirs)).isEqualTo("[4]BA");
        assertThat(run(live(OURS, PATCH))).isEqualTo("done");
        assertThat(run(theirs)).isEqualTo("[4]BA");
        assertThat(run(live(THEIRS, HONEST + "#")).toString()).isEqualTo("[4]BA");
    }

    @Test
    void aCheckOfAVersionChangesNoCheckOfAnotherDomain() {
        String example = """
                {"examples": [{"name": "one", "function": "format_command", "command": {}, "bytes": "%s"}]}""";
        assertThat(check(OURS, PATCH, example.formatted("646f6e65"))).isInstanceOf(ParserCheck.Result.Passed.class);
        assertThat(check(THEIRS, HONEST, example.formatted("5b345d4241")))
                .isInstanceOf(ParserCheck.Result.Passed.class);
    }

    private static ParserCheck.Result check(TrustDomain domain, String source, String examples) {
        return Runtime.get(
                PARSER.check(new ParserScript(domain, Runtime.newRef(".py"), source, Map.of(), Optional.of(examples))));
    }

    /** More domains than a thread keeps contexts for; what one leaves for the end of its interpreter holds up nobody. */
    @Test
    void manyDomainsTakeTurns() {
        ParserRef hostile = live(TrustDomain.ofOwner("hostile"), """
                import atexit
                def forever():
                    while True: pass
                def raises():
                    raise SystemExit(5)
                atexit.register(forever)
                atexit.register(raises)
                def format_command(c): return b"registered"
                """);
        assertThat(run(hostile)).isEqualTo("registered");
        for (int turn = 0; turn < 2; turn++) {
            for (int n = 0; n < 6; n++) {
                ParserRef ref = live(TrustDomain.ofOwner("owner-" + n), "def format_command(c): return b'" + n + "'");
                assertThat(run(ref)).isEqualTo(Integer.toString(n));
            }
        }
    }
}
