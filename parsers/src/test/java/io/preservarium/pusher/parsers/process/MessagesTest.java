package io.preservarium.pusher.parsers.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.process.Messages.Answer;
import io.preservarium.pusher.parsers.process.Messages.Request;
import io.preservarium.pusher.parsers.runtime.CallEnd;
import io.preservarium.pusher.parsers.runtime.ScriptCall.Work;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pipe: what goes in comes out, and what no worker process says is an error that a process can be ended for. */
class MessagesTest {

    private static final Map<String, Object> VALUES = Map.of(
            "n",
            JsonNull.NULL,
            "i",
            List.of(1, Long.MAX_VALUE, new BigInteger("-99999999999999999999")),
            "d",
            List.of(-0.0, 1e-300, new BigDecimal("12345678901234567890.5")),
            "s",
            "\u00e9\ud83d\ude00\u0000",
            "b",
            true,
            "m",
            Map.of("", Map.of()));

    static Stream<CallEnd> ends() {
        return Stream.of(
                new CallEnd.Answered(
                        new ScriptResult.Outputs(Optional.of(new DeviceId("a")), List.of(VALUES), List.of("w")),
                        Duration.ofNanos(7)),
                new CallEnd.Answered(
                        new ScriptResult.Problem(Reason.FORMAT_FAILED, "why", Optional.empty()), Duration.ZERO),
                new CallEnd.Broken("why", Duration.ofDays(1)),
                new CallEnd.Stopped(CallEnd.StoppedBy.MEMORY, "the call", Duration.ofMillis(3)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void anAnswerComesBackAsItIs(CallEnd end) throws IOException {
        Answer answer = new Answer(end, true, Optional.of(new Messages.Load(false, Duration.ofNanos(5))));
        assertThat(read(bytes(answer))).isEqualTo(answer);
    }

    @Test
    void bytesComeBackAsTheyAre() throws IOException {
        byte[] bytes = bytes(new Answer(
                new CallEnd.Answered(new ScriptResult.Bytes(new byte[] {0, -1}, VALUES, List.of("w")), Duration.ZERO),
                false,
                Optional.empty()));
        assertThat(read(bytes).end())
                .isInstanceOfSatisfying(CallEnd.Answered.class, answered -> assertThat(answered.result())
                        .isInstanceOfSatisfying(ScriptResult.Bytes.class, got -> {
                            assertThat(got.bytes()).containsExactly(0, -1);
                            assertThat(got.delivery()).isEqualTo(VALUES);
                            assertThat(got.warnings()).containsExactly("w");
                        }));
    }

    @Test
    void aRequestArrivesAsItIs() throws IOException {
        ParserScript script = new ParserScript(
                TrustDomain.ofOwner("rest"),
                new ParserRef("a.py"),
                "text",
                Map.of("x.proto", "syntax"),
                Optional.empty());
        Request request = new Request(
                3,
                Optional.of(script),
                List.of(1, 2),
                new Work.Format(VALUES, Map.of()),
                Optional.of(Instant.EPOCH),
                true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Messages.write(new DataOutputStream(out), request);
        assertThat(Messages.readRequest(in(out.toByteArray()))).isEqualTo(request);
    }

    @Test
    void noProcessSaysThatItCouldNotStopAScript() throws IOException {
        byte[] lost = bytes(new Answer(
                new CallEnd.Stopped(CallEnd.StoppedBy.LOST, "the call", Duration.ZERO), true, Optional.empty()));
        assertThatIOException().isThrownBy(() -> read(lost));
    }

    @Test
    void aFrameOfTwoGigabytesIsNotRead() {
        assertThatIOException().isThrownBy(() -> read(new byte[] {127, -1, -1, -1, 0}));
        assertThatIOException().isThrownBy(() -> read(new byte[] {-1, -1, -1, -1, 0}));
    }

    @Test
    void whateverElseComesIsAnErrorOfTheStream() throws IOException {
        Random random = new Random(28);
        List<byte[]> good = ends().map(end -> new Answer(end, true, Optional.empty()))
                .map(MessagesTest::bytes)
                .toList();
        int refused = 0;
        for (int n = 0; n < 20_000; n++) {
            byte[] mutated = good.get(n % good.size()).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                mutated[4 + random.nextInt(mutated.length - 4)] = (byte) random.nextInt(256);
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(mutated, random.nextInt(mutated.length)) : mutated;
            try {
                assertThat(read(cut)).isNotNull();
            } catch (IOException e) {
                // Any other kind of exception would fail this test.
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(5_000);
    }

    private static byte[] bytes(Answer answer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Messages.write(new DataOutputStream(out), answer);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static Answer read(byte[] bytes) throws IOException {
        return Messages.readAnswer(in(bytes));
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
