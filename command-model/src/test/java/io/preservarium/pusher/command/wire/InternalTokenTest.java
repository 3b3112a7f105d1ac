package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternalTokenTest {

    @Test
    void onlyTheTokenItselfAsBearerIsTheToken() {
        InternalToken token = new InternalToken("s3cret");
        assertThat(token.isShownBy(token.header())).isTrue();
        assertThat(token.isShownBy("Bearer s3cret")).isTrue();
        for (String other :
                new String[] {null, "", "s3cret", "Bearer ", "Bearer s3cre", "Bearer s3cret ", "bearer s3cret"}) {
            assertThat(token.isShownBy(other)).as("%s", other).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3cret\n", "s3 cret", "s3crét"})
    void whatNoHeaderCanCarryIsRefusedWithoutSayingIt(String token) {
        assertThatThrownBy(() -> InternalToken.of(Optional.of(token)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INTERNAL_TOKEN")
                .hasMessageNotContaining("s3");
        assertThat(new InternalToken("s3cret").toString()).doesNotContain("s3cret");
    }
}
