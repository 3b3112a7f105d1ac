package io.preservarium.pusher.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class NothingBelowTest {

    private final NothingBelow nothing = new NothingBelow();

    @Test
    void isKnownOnceALookHasFoundNothing() {
        assertThat(nothing.isKnownFrom(key("a5"))).isFalse();
        nothing.from(key("a5"), nothing.version());
        assertThat(nothing.isKnownFrom(key("a5"))).isTrue();
        assertThat(nothing.isKnownFrom(key("a4"))).isFalse();
        assertThat(nothing.isKnownFrom(key("b9"))).as("of another family").isFalse();
    }

    @Test
    void beginsBehindTheLastKeyThatWasWrittenOut() {
        nothing.from(key("a5"), nothing.version());
        nothing.begin();
        nothing.writes(key("a7"));
        nothing.writes(key("a6"));
        nothing.end();
        assertThat(nothing.isKnownFrom(key("a7"))).isFalse();
        assertThat(nothing.isKnownFrom(key("a70"))).isTrue();
    }

    @Test
    void aLookWhileRowsAreWrittenOutTellsNothing() {
        long before = nothing.version();
        nothing.begin();
        long during = nothing.version();
        nothing.from(key("a5"), before);
        nothing.from(key("a5"), during);
        assertThat(nothing.isKnownFrom(key("a5"))).isFalse();
        nothing.end();
        nothing.from(key("a5"), before);
        nothing.from(key("a5"), during);
        assertThat(nothing.isKnownFrom(key("a5"))).isFalse();
    }

    private static Bytes key(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
