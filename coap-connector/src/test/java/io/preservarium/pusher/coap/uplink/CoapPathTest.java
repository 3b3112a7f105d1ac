package io.preservarium.pusher.coap.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoapPathTest {

    @Test
    void aFixedPathMatchesItself() {
        CoapPath path = CoapPath.of("/a/m");
        assertThat(path.matches(List.of("a", "m"))).isTrue();
        assertThat(path.matches(List.of("a"))).isFalse();
        assertThat(path.matches(List.of("a", "m", "x"))).isFalse();
        assertThat(path.matches(List.of())).isFalse();
        assertThat(path.deviceIn(List.of("a", "m"))).isEmpty();
    }

    @Test
    void aFamilyOfPathsNamesTheDevice() {
        CoapPath path = CoapPath.of("/devices/{device_id}/*");
        assertThat(path.matches(List.of("devices"))).isFalse();
        assertThat(path.matches(List.of("devices", "a/b"))).isTrue();
        assertThat(path.matches(List.of("devices", "a", "x", "y"))).isTrue();
        assertThat(path.matches(List.of("things", "a"))).isFalse();
        assertThat(path.deviceIn(List.of("devices", "a/b", "x"))).contains("a/b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "m", "//m", "/m/", "/*", "/*/m", "/{device_id}/{device_id}"})
    void aPathThatCannotBeMeantIsNamed(String text) {
        assertThatThrownBy(() -> CoapPath.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
