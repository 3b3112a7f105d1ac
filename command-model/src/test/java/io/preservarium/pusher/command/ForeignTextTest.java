package io.preservarium.pusher.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignTextTest {

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "plain, plain",
        "a\uD83D\uDE00b, a\uD83D\uDE00b",
        "bad a\uD83D, bad a\uFFFD",
        "\uDCFF, \uFFFD",
        "\uDE00\uD83D, \uFFFD\uFFFD",
        "\uD83D\uD83D\uDE00, \uFFFD\uD83D\uDE00"
    })
    void halfAPairBecomesTheReplacementCharacter(String text, String whole) {
        assertThat(ForeignText.wellFormed(text)).isEqualTo(whole);
        assertThat(ForeignText.isWellFormed(text)).isEqualTo(text.equals(whole));
    }

    @Test
    void aTextThatFitsStaysAndALongerOneEndsInAnEllipsis() {
        assertThat(ForeignText.bounded("12345", 5)).isEqualTo("12345");
        assertThat(ForeignText.bounded("123456", 5)).isEqualTo("1234…");
    }

    @Test
    void noCharacterIsCutInHalf() {
        assertThat(ForeignText.bounded("abc\uD83D\uDE00def", 5)).isEqualTo("abc…");
        assertThat(ForeignText.bounded("ab\uD83D\uDE00cdef", 5)).isEqualTo("ab\uD83D\uDE00…");
    }
}
