package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TurnsTest {

    /** Devices with a waiting command, by id; it notes the windows that are asked for. */
    private static final class Store implements Turns.Backlog {
        private final TreeMap<String, DeviceId> devices = new TreeMap<>();
        private final Set<DeviceId> known = new LinkedHashSet<>();
        private final List<Integer> windows = new ArrayList<>();
        private final Turns turns;
        private Optional<CompletableFuture<Void>> hold = Optional.empty();

        Store(Turns turns) {
            this.turns = turns;
        }

        void put(int number) {
            devices.put(id(number).value(), id(number));
            known.add(id(number));
        }

        boolean had(DeviceId device) {
            return known.contains(device);
        }

        @Override
        public CompletionStage<Optional<DeviceId>> tell(Optional<DeviceId> after, int most) {
            List<DeviceId> window =
                    after.map(last -> devices.tailMap(last.value(), false)).orElse(devices).values().stream()
                            .limit(most)
                            .toList();
            windows.add(window.size());
            Optional<DeviceId> last = window.size() < most ? Optional.empty() : Optional.of(window.getLast());
            return hold.orElseGet(() -> CompletableFuture.completedFuture(null)).thenApply(now -> {
                window.forEach(turns::add);
                return last;
            });
        }
    }

    private static DeviceId id(int number) {
        return new DeviceId("d%06d".formatted(number));
    }

    private final Turns turns = new Turns(10);
    private final Store store = new Store(turns);

    private void serve() {
        turns.serve(store, () -> {});
    }

    /** Takes every turn, each of which empties what waits for its device. A turn may find that it was served already. */
    private Set<DeviceId> takeAll() {
        Set<DeviceId> taken = new LinkedHashSet<>();
        for (Optional<DeviceId> next = turns.next(); next.isPresent(); next = turns.next()) {
            if (store.devices.remove(next.get().value()) != null || !store.had(next.get())) {
                taken.add(next.get());
            }
        }
        return taken;
    }

    @Test
    void eachDeviceStandsInTheLineOnceAndInTheOrderOfItsComing() {
        serve();
        for (int number : new int[] {3, 1, 3, 2, 1}) {
            turns.add(id(number));
        }
        assertThat(takeAll()).containsExactly(id(3), id(1), id(2));
        turns.add(id(3));
        assertThat(turns.next()).contains(id(3));
        assertThat(store.windows).as("nothing was dropped").isEmpty();
    }

    @Test
    void everyTurnThatDidNotFitComesLaterInWindowsThatFit() {
        serve();
        for (int number = 0; number < 1_000; number++) {
            store.put(number);
            turns.add(id(number));
        }
        assertThat(takeAll()).hasSize(1_000);
        assertThat(store.windows).allMatch(size -> size <= 10);
        assertThat(store.windows.stream().mapToInt(Integer::intValue).sum())
                .as("no device of the store is told again and again")
                .isLessThan(1_100);
    }

    @Test
    void aTurnDroppedDuringARoundIsFoundByTheNext() {
        serve();
        for (int number = 100; number < 140; number++) {
            store.put(number);
            turns.add(id(number));
        }
        for (int i = 0; i < 8; i++) {
            store.devices.remove(turns.next().orElseThrow().value());
        }
        // The round is past number 1 now, and there is no place for it.
        for (int number = 200; number < 210; number++) {
            store.put(number);
            turns.add(id(number));
        }
        store.put(1);
        turns.add(id(1));

        assertThat(takeAll()).contains(id(1), id(139), id(209));
        assertThat(store.devices).isEmpty();
    }

    @Test
    void whatNobodyToldOfIsFetched() {
        serve();
        for (int number = 0; number < 25; number++) {
            store.put(number);
        }
        turns.fetchAll();
        assertThat(takeAll()).hasSize(25);
    }

    @Test
    void oneWindowIsAskedForAtATime() {
        serve();
        CompletableFuture<Void> slow = new CompletableFuture<>();
        store.hold = Optional.of(slow);
        for (int number = 0; number < 30; number++) {
            store.put(number);
            turns.add(id(number));
        }
        for (int i = 0; i < 10; i++) {
            store.devices.remove(turns.next().orElseThrow().value());
        }
        assertThat(store.windows).hasSize(1);
        store.hold = Optional.empty();
        slow.complete(null);
        assertThat(takeAll()).hasSize(20);
    }

    @Test
    void clearingForgetsTheRoundToo() {
        serve();
        CompletableFuture<Void> slow = new CompletableFuture<>();
        store.hold = Optional.of(slow);
        for (int number = 0; number < 30; number++) {
            store.put(number);
        }
        turns.fetchAll();
        turns.clear();
        store.hold = Optional.empty();
        turns.fetchAll();
        slow.complete(null);

        assertThat(turns.next()).contains(id(0));
        assertThat(takeAll()).hasSize(29);
        turns.clear();
        assertThat(turns.next()).isEmpty();
    }

    @Test
    void whoServesHearsOfEachNewTurnOnce() {
        List<String> heard = new ArrayList<>();
        turns.serve(store, () -> heard.add("turn"));
        turns.add(id(1));
        turns.add(id(1));
        assertThat(heard).hasSize(1);
    }

    @Test
    void turnsNeedAPlace() {
        assertThatThrownBy(() -> new Turns(0)).hasMessage("turns need at least 1 place but got 0");
    }
}
