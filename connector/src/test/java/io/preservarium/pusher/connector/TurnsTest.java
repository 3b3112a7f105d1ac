package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final int PLACES = 10;

    private final Turns turns = new Turns(PLACES);

    private static DeviceId id(int number) {
        return new DeviceId("d" + number);
    }

    private List<DeviceId> takeAll() {
        List<DeviceId> taken = new ArrayList<>();
        for (Optional<DeviceId> next = turns.next(); next.isPresent(); next = turns.next()) {
            taken.add(next.get());
        }
        return taken;
    }

    @Test
    void eachDeviceStandsInTheLineOnceAndInTheOrderOfItsComing() {
        for (int number : new int[] {3, 1, 3, 2, 1}) {
            assertThat(turns.add(id(number))).isTrue();
        }
        assertThat(takeAll()).containsExactly(id(3), id(1), id(2));
        turns.add(id(3));
        assertThat(turns.next()).contains(id(3));
    }

    @Test
    void whoFindsNoRoomIsToldSoAndWhoHasAPlaceKeepsIt() {
        for (int number = 0; number < PLACES; number++) {
            assertThat(turns.add(id(number))).isTrue();
        }
        assertThat(turns.add(id(PLACES))).isFalse();
        assertThat(turns.add(id(0))).isTrue();
        turns.next();
        assertThat(turns.add(id(PLACES))).isTrue();
    }

    @Test
    void everyOneOfManyIsServedByWindowsThatFit() {
        List<Integer> windows = new ArrayList<>();
        int[] told = {0};
        turns.serve(() -> {}, () -> {
            int before = told[0];
            while (told[0] < 1_000 && turns.add(id(told[0]))) {
                told[0]++;
            }
            windows.add(told[0] - before);
        });

        assertThat(turns.next()).isEmpty();
        List<DeviceId> served = takeAll();

        assertThat(served).hasSize(1_000).doesNotHaveDuplicates();
        assertThat(windows)
                .as("never one by one, never more than there is room for")
                .allMatch(size -> size == 0 || size >= PLACES / 2 && size <= PLACES);
    }

    @Test
    void roomIsSaidOnceForThoseWhoWereTurnedAwayAndWheneverNobodyWaits() {
        List<String> said = new ArrayList<>();
        turns.serve(() -> {}, () -> said.add("room"));
        for (int number = 0; number < PLACES; number++) {
            turns.add(id(number));
        }
        turns.next();
        assertThat(said).as("nobody was turned away").isEmpty();
        turns.add(id(0));
        turns.add(id(PLACES));
        for (int i = 0; i < PLACES; i++) {
            turns.next();
        }
        assertThat(said).hasSize(1);
        assertThat(turns.next()).isEmpty();
        assertThat(said).hasSize(2);
    }

    @Test
    void clearingForgetsWhoWaitsAndWhoWasTurnedAway() {
        List<String> said = new ArrayList<>();
        turns.serve(() -> {}, () -> said.add("room"));
        for (int number = 0; number <= PLACES; number++) {
            turns.add(id(number));
        }
        turns.clear();
        turns.add(id(7));
        assertThat(turns.next()).contains(id(7));
        assertThat(said).isEmpty();
    }

    @Test
    void whoServesHearsOfEachNewTurnOnce() {
        List<String> heard = new ArrayList<>();
        turns.serve(() -> heard.add("turn"), () -> {});
        turns.add(id(1));
        turns.add(id(1));
        assertThat(heard).hasSize(1);
    }

    @Test
    void turnsNeedAPlace() {
        assertThatThrownBy(() -> new Turns(0)).hasMessage("turns need at least 1 place but got 0");
    }
}
