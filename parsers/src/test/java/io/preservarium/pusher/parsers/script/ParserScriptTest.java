package io.preservarium.pusher.parsers.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.command.ParserRef;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParserScriptTest {

    private static final ParserRef REF = new ParserRef("a.py");

    /** {@code printf 'x = 1\n' >a.py; printf 'syntax = "proto3";\n' >b.proto; sha256sum a.py b.proto | sha256sum} */
    @Test
    void theDigestIsWhatSha256sumSays() {
        ParserScript script = new ParserScript(
                TrustDomain.DIRECTORY, REF, "x = 1\n", Map.of("b.proto", "syntax = \"proto3\";\n"), Optional.empty());
        assertThat(script.version().sha256().hex())
                .isEqualTo("08e7f061ad8ff997e854e338224d3546fafa34b45edc5d11079bd9990d4ca3cc");
    }

    @Test
    void examplesDoNotChangeTheDigest() {
        ParserScript with = new ParserScript(TrustDomain.DIRECTORY, REF, "x = 1", Map.of(), Optional.of("{}"));
        assertThat(with.version())
                .isEqualTo(new ParserScript(TrustDomain.DIRECTORY, REF, "x = 1", Map.of(), Optional.empty()).version());
        assertThat(with)
                .isNotEqualTo(new ParserScript(TrustDomain.DIRECTORY, REF, "x = 1", Map.of(), Optional.empty()));
    }

    @Test
    void aCompanionMustBeAProtoFile() {
        assertThatThrownBy(() ->
                        new ParserScript(TrustDomain.DIRECTORY, REF, "", Map.of("../b.proto", ""), Optional.empty()))
                .hasMessageContaining("'../b.proto'");
    }
}
