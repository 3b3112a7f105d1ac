package io.preservarium.pusher.mqtt.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.connector.Commands;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MqttSuspectsTest {

    private static final DeviceId A = new DeviceId("a");
    private static final DeviceId B = new DeviceId("b");
    private static final DeviceId C = new DeviceId("c");
    private static final RequestId ONE = new RequestId("1");
    private static final RequestId TWO = new RequestId("2");

    private final AtomicReference<Instant> now = new AtomicReference<>(Commands.NOW);
    private final MqttSuspects suspects = new MqttSuspects(2, ((InstantSource) now::get).withZone(ZoneId.of("UTC")));

    @Test
    void aDeviceIsSuspectUntilAllItsCommandsAreCleared() {
        assertThat(suspects.isSuspect(A)).isFalse();
        suspects.lostWithOthers(A, ONE);
        suspects.lostWithOthers(A, TWO);
        suspects.cleared(A, ONE);
        suspects.cleared(B, TWO);
        assertThat(suspects.isSuspect(A)).isTrue();
        suspects.cleared(A, TWO);
        assertThat(suspects.isSuspect(A)).isFalse();
    }

    @Test
    void lossesAloneAreCountedForEachCommand() {
        suspects.lostWithOthers(A, ONE);
        assertThat(suspects.lostAlone(A, ONE)).isEqualTo(1);
        assertThat(suspects.lostAlone(A, TWO)).isEqualTo(1);
        assertThat(suspects.lostAlone(A, ONE)).isEqualTo(2);
    }

    @Test
    void beyondTheBoundTheOldestIsForgotten() {
        suspects.lostWithOthers(A, ONE);
        suspects.lostWithOthers(B, ONE);
        suspects.lostWithOthers(A, TWO);
        suspects.lostWithOthers(C, ONE);
        assertThat(suspects.isSuspect(A)).isTrue();
        assertThat(suspects.isSuspect(B)).isFalse();
        assertThat(suspects.isSuspect(C)).isTrue();
    }

    @Test
    void aSuspectThatNeverComesAgainIsForgotten() {
        suspects.lostWithOthers(A, ONE);
        now.set(Commands.NOW.plus(Duration.ofMinutes(10)));
        assertThat(suspects.isSuspect(A)).isTrue();
        now.set(Commands.NOW.plus(Duration.ofMinutes(10)).plusMillis(1));
        assertThat(suspects.isSuspect(A)).isFalse();
    }
}
