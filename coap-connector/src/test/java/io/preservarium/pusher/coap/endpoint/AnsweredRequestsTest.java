package io.preservarium.pusher.coap.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Compared with objects in a map and a queue; answers are large, so that the arrays they lie in come and go. */
class AnsweredRequestsTest {

    private static final int STEPS = 30_000;

    private record Entry(DatagramDigest request, long arrived, List<byte[]> answers) {}

    private final AnsweredRequests answered = new AnsweredRequests();
    private final Map<DatagramDigest, Entry> newest = new HashMap<>();
    private final Deque<Entry> order = new ArrayDeque<>();
    private long now;

    @RepeatedTest(5)
    void whatIsFoundIsWhatObjectsWouldHold(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        for (int step = 0; step < STEPS; step++) {
            now += random.nextInt(3);
            DatagramDigest request = request(random.nextInt(500));
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> add(request, answers(random));
                case 4 -> {
                    answered.remove(request);
                    newest.remove(request);
                }
                case 5 -> forgetOldest(random.nextInt(100) == 0 ? Integer.MAX_VALUE : random.nextInt(4));
                case 6 -> forgetArrivedBefore(now - 300, random.nextInt(5));
                default -> assertFound(request, now - random.nextInt(400));
            }
            assertThat(answered.size()).isEqualTo(newest.size());
        }
        newest.keySet().forEach(request -> assertFound(request, -1));
        forgetOldest(Integer.MAX_VALUE);
        assertThat(answered.size()).isZero();
        assertThat(answered.bytes()).isLessThan(600_000);
    }

    @Test
    void whatSharesHalfItsDigestWithAnotherIsNotTakenForIt() {
        answered.add(new DatagramDigest(1, 7), 5, List.of(new byte[] {1}));
        assertThat(answered.find(new DatagramDigest(2, 7), 0)).isEmpty();
        assertThat(answered.find(new DatagramDigest(1, 7), 0)).isPresent();
    }

    @Test
    void theLargestDatagramFits() {
        byte[] answer = new byte[65_535];
        answer[65_534] = 9;
        for (int each = 0; each < 20; each++) {
            answered.add(request(each), each, List.of(answer, answer));
        }
        assertThat(answered.find(request(0), -1).orElseThrow()).containsExactly(answer, answer);
    }

    private static DatagramDigest request(int number) {
        return new DatagramDigest(number, number % 2 == 0 ? number : number * 0x9E3779B97F4A7C15L);
    }

    private static List<byte[]> answers(Random random) {
        List<byte[]> answers = new ArrayList<>();
        for (int each = random.nextInt(3); each > 0; each--) {
            byte[] answer = new byte[random.nextInt(random.nextInt(50) == 0 ? 65_536 : 2_000)];
            random.nextBytes(answer);
            answers.add(answer);
        }
        return answers;
    }

    private void add(DatagramDigest request, List<byte[]> answers) {
        Entry entry = new Entry(request, now, answers);
        answered.add(request, now, answers);
        newest.put(request, entry);
        order.add(entry);
    }

    private void forgetOldest(int times) {
        for (int each = 0; each < times && !order.isEmpty(); each++) {
            forget(order.remove());
            assertThat(answered.forgetOldest()).isTrue();
        }
        assertThat(order.isEmpty() && answered.forgetOldest()).isFalse();
    }

    /** By identity: the same request can be answered twice within one moment. */
    private void forget(Entry entry) {
        if (newest.get(entry.request()) == entry) {
            newest.remove(entry.request());
        }
    }

    private void forgetArrivedBefore(long time, int atMost) {
        for (int each = 0; each < atMost && !order.isEmpty() && order.peek().arrived() <= time; each++) {
            forget(order.remove());
        }
        answered.forgetArrivedBefore(time, atMost);
    }

    private void assertFound(DatagramDigest request, long after) {
        Optional<List<byte[]>> expected = Optional.ofNullable(newest.get(request))
                .filter(entry -> entry.arrived() > after)
                .map(Entry::answers);
        Optional<List<byte[]>> found = answered.find(request, after);
        assertThat(found.isPresent()).isEqualTo(expected.isPresent());
        found.ifPresent(answers ->
                assertThat(answers).containsExactly(expected.orElseThrow().toArray(byte[][]::new)));
    }
}
