package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.operator.parser.ParserObserved.Desired;
import io.preservarium.pusher.operator.parser.ParserObserved.Marks;
import io.preservarium.pusher.operator.parser.ParserObserved.OnTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ParserPlanTest {

    private static final ParserOwner OWNER = new ParserOwner("garden", "valve");
    private static final ParserRef VALVE = new ParserRef("valve.py");
    private static final ParserRef PUMP = new ParserRef("pump.py");
    private static final Digest ONE = Digest.of("one".getBytes(StandardCharsets.UTF_8));
    private static final Digest TWO = Digest.of("two".getBytes(StandardCharsets.UTF_8));
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final ParserConfigMap WITH_VALVE = configMap(Map.of("valve.py", "source"));
    private static final String CONTENT = content(WITH_VALVE);
    private static final ScriptOutcome LIVE = new ScriptOutcome.Live(CONTENT, ONE, 2);
    private static final ParserApi.LiveScript OURS = new ParserApi.LiveScript("configmap:garden/valve", ONE);
    private static final ParserApi.LiveScript THEIRS = new ParserApi.LiveScript("rest", ONE);

    @Test
    void theTopicIsReadFirst() {
        assertThat(decide(ParserObserved.atFirst(OWNER, new Desired.Scripts(WITH_VALVE), Marks.NONE)))
                .isEqualTo(new ParserPlan.LookUp());
        assertThat(decide(ParserObserved.atFirst(OWNER, new Desired.Nothing(), Marks.NONE)))
                .isEqualTo(new ParserPlan.LookUp());
    }

    @Test
    void theConfigMapIsHeldBeforeItsFirstScriptIsPut() {
        ParserObserved observed = wanted(Marks.NONE, Map.of());
        assertThat(decide(observed)).isEqualTo(new ParserPlan.Hold());
        assertThat(decide(observed.with(new Marks(false, Optional.empty(), true))))
                .isInstanceOfSatisfying(ParserPlan.Put.class, put -> {
                    assertThat(put.draft().ref()).isEqualTo(VALVE);
                    assertThat(put.content()).isEqualTo(CONTENT);
                });
    }

    @Test
    void whatCameOfItIsNotedAndThenThereIsRest() {
        ParserObserved live = wanted(held(), Map.of()).tried(VALVE, LIVE).published(VALVE, Optional.of(OURS));
        assertThat(decide(live)).isEqualTo(new ParserPlan.Note(status(VALVE, LIVE), true));
        assertThat(decide(live.with(noted(VALVE, LIVE)))).isEqualTo(rest());
    }

    @Test
    void whatIsLiveAsNotedIsLeftAlone() {
        assertThat(decide(wanted(noted(VALVE, LIVE), Map.of(VALVE, OURS)))).isEqualTo(rest());
    }

    @Test
    void whatTheTopicLostOrHasOtherwiseIsPutAgain() {
        assertThat(decide(wanted(noted(VALVE, LIVE), Map.of()))).isInstanceOf(ParserPlan.Put.class);
        assertThat(decide(wanted(
                        noted(VALVE, LIVE), Map.of(VALVE, new ParserApi.LiveScript("configmap:garden/valve", TWO)))))
                .isInstanceOf(ParserPlan.Put.class);
        assertThat(decide(wanted(held(), Map.of(VALVE, OURS)))).isInstanceOf(ParserPlan.Put.class);
    }

    @Test
    void otherContentIsPut() {
        Marks marks = noted(VALVE, new ScriptOutcome.Live("before", ONE, 2));
        assertThat(decide(wanted(marks, Map.of(VALVE, OURS)))).isInstanceOf(ParserPlan.Put.class);
    }

    @Test
    void whatWasRefusedIsCheckedAgainOnlyWhenItChanged() {
        ScriptOutcome refused = new ScriptOutcome.Refused(CONTENT, "source: line 1", Optional.of(ONE));
        assertThat(decide(wanted(noted(VALVE, refused), Map.of(VALVE, OURS)))).isEqualTo(rest());
        Marks before = noted(VALVE, new ScriptOutcome.Refused("before", "source: line 1", Optional.of(ONE)));
        assertThat(decide(wanted(before, Map.of(VALVE, OURS)))).isInstanceOf(ParserPlan.Put.class);
    }

    @Test
    void whatNeverWasLiveHoldsNothing() {
        ScriptOutcome refused = new ScriptOutcome.Refused(CONTENT, "source: line 1", Optional.empty());
        assertThat(decide(wanted(held(), Map.of()).tried(VALVE, refused)))
                .isEqualTo(new ParserPlan.Note(status(VALVE, refused), false));
    }

    @Test
    void whatBelongsToSomebodyElseIsLookedAtAgainLater() {
        ScriptOutcome owned = new ScriptOutcome.Owned(CONTENT, "belongs to rest");
        ParserObserved observed = wanted(Marks.NONE, Map.of(VALVE, THEIRS));
        assertThat(decide(observed)).isEqualTo(new ParserPlan.Note(status(VALVE, owned), false));
        assertThat(decide(observed.with(new Marks(true, Optional.of(status(VALVE, owned)), false))))
                .isEqualTo(new ParserPlan.Rest(Optional.of(ParserPlan.ANOTHER_OWNER)));
        assertThat(decide(wanted(noted(VALVE, owned), Map.of()))).isInstanceOf(ParserPlan.Put.class);
    }

    @Test
    void aScriptWithoutItsKeyIsRemovedAndNobodyElses() {
        assertThat(decide(wanted(noted(VALVE, LIVE), Map.of(VALVE, OURS, PUMP, OURS))))
                .isEqualTo(new ParserPlan.Remove(PUMP));
        assertThat(decide(wanted(noted(VALVE, LIVE), Map.of(VALVE, OURS, PUMP, THEIRS))))
                .isEqualTo(rest());
    }

    @Test
    void whatCannotBeReadRemovesNothing() {
        ParserConfigMap unreadable =
                new ParserConfigMap(new TreeMap<>(), new TreeMap<>(Map.of("data", "too much")), List.of(), false);
        ParserObserved observed = new ParserObserved(
                OWNER,
                new Desired.Scripts(unreadable),
                noted(VALVE, LIVE),
                new OnTopic.Scripts(Map.of(VALVE, OURS)),
                Map.of());
        assertThat(decide(observed)).isInstanceOfSatisfying(ParserPlan.Note.class, note -> {
            assertThat(note.status().state()).isEqualTo("refused");
            assertThat(note.status().scripts().get(VALVE).live()).contains(ONE);
            assertThat(note.holds()).isTrue();
        });
    }

    @Test
    void aBrokenKeyKeepsItsGoodVersion() {
        ParserConfigMap broken = ParserConfigMap.of(
                new ConfigMapBuilder().addToBinaryData("valve.py", "/w==").build());
        ParserObserved observed = new ParserObserved(
                OWNER,
                new Desired.Scripts(broken),
                noted(VALVE, LIVE),
                new OnTopic.Scripts(Map.of(VALVE, OURS)),
                Map.of());
        assertThat(decide(observed)).isInstanceOfSatisfying(ParserPlan.Note.class, note -> assertThat(
                        note.status().scripts().get(VALVE).live())
                .contains(ONE));
    }

    @Test
    void withoutTheTopicOnlyWhatChangedWaits() {
        OnTopic away = new OnTopic.Unreadable("status 503");
        assertThat(decide(wanted(noted(VALVE, LIVE), Map.of()).with(away)))
                .isEqualTo(new ParserPlan.Rest(Optional.of(RETRY)));
        Marks before = noted(VALVE, new ScriptOutcome.Live("before", ONE, 2));
        ScriptOutcome waiting = new ScriptOutcome.Waiting(CONTENT, "status 503", Optional.of(ONE));
        assertThat(decide(wanted(before, Map.of()).with(away)))
                .isEqualTo(new ParserPlan.Note(status(VALVE, waiting), true));
    }

    @Test
    void whyAScriptWaitsIsSaidOnce() {
        ScriptOutcome first = new ScriptOutcome.Waiting(CONTENT, "connection refused", Optional.empty());
        ScriptOutcome again = new ScriptOutcome.Waiting(CONTENT, "timed out", Optional.empty());
        assertThat(decide(wanted(noted(VALVE, first), Map.of()).tried(VALVE, again)))
                .isEqualTo(new ParserPlan.Rest(Optional.of(RETRY)));
        assertThat(decide(wanted(noted(VALVE, first), Map.of())
                        .tried(VALVE, again)
                        .with(new OnTopic.Unreadable("timed out"))))
                .isEqualTo(new ParserPlan.Rest(Optional.of(RETRY)));
    }

    @Test
    void aScriptThatWaitsHoldsUpNoOther() {
        ParserConfigMap two = configMap(Map.of("pump.py", "source", "valve.py", "source"));
        ParserObserved observed = new ParserObserved(
                        OWNER, new Desired.Scripts(two), held(), new OnTopic.Scripts(Map.of()), Map.of())
                .tried(PUMP, new ScriptOutcome.Waiting("x", "no connector", Optional.empty()));
        assertThat(decide(observed)).isInstanceOfSatisfying(ParserPlan.Put.class, put -> assertThat(
                        put.draft().ref())
                .isEqualTo(VALVE));
    }

    @Test
    void whatIsNotWantedIsRemovedAndThenFreed() {
        for (Desired desired : List.of(new Desired.Nothing(), new Desired.Deletion())) {
            ParserObserved observed = new ParserObserved(
                    OWNER,
                    desired,
                    noted(VALVE, LIVE),
                    new OnTopic.Scripts(Map.of(VALVE, OURS, PUMP, THEIRS)),
                    Map.of());
            assertThat(decide(observed)).isEqualTo(new ParserPlan.Remove(VALVE));
            ParserObserved removed = observed.published(VALVE, Optional.empty());
            assertThat(decide(removed)).isEqualTo(new ParserPlan.Free());
            assertThat(decide(removed.with(Marks.NONE))).isEqualTo(rest());
        }
    }

    @Test
    void withoutTheTopicNothingIsRemovedOrFreed() {
        for (Desired desired : List.of(new Desired.Nothing(), new Desired.Deletion())) {
            assertThat(decide(new ParserObserved(
                            OWNER, desired, noted(VALVE, LIVE), new OnTopic.Unreadable("status 503"), Map.of())))
                    .isEqualTo(new ParserPlan.Rest(Optional.of(RETRY)));
        }
    }

    @Test
    void aDeletionThatIsNotOursToHoldIsLeftToHappen() {
        assertThat(decide(ParserObserved.atFirst(OWNER, new Desired.Deletion(), Marks.NONE)))
                .isEqualTo(rest());
    }

    private static ParserPlan decide(ParserObserved observed) {
        return ParserPlan.decide(observed, RETRY);
    }

    private static ParserObserved wanted(Marks marks, Map<ParserRef, ParserApi.LiveScript> topic) {
        return new ParserObserved(OWNER, new Desired.Scripts(WITH_VALVE), marks, new OnTopic.Scripts(topic), Map.of());
    }

    private static Marks held() {
        return new Marks(false, Optional.empty(), true);
    }

    private static Marks noted(ParserRef ref, ScriptOutcome outcome) {
        return new Marks(true, Optional.of(status(ref, outcome)), true);
    }

    private static ParserStatus status(ParserRef ref, ScriptOutcome outcome) {
        return new ParserStatus(new TreeMap<>(Map.of(ref, outcome)), new TreeMap<>(), List.of());
    }

    private static ParserPlan rest() {
        return new ParserPlan.Rest(Optional.empty());
    }

    private static ParserConfigMap configMap(Map<String, String> data) {
        return ParserConfigMap.of(new ConfigMapBuilder().withData(data).build());
    }

    private static String content(ParserConfigMap configMap) {
        return Optional.ofNullable(configMap.scripts().get(VALVE)).orElseThrow().content();
    }
}
