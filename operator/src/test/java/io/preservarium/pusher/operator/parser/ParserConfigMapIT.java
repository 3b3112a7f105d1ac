package io.preservarium.pusher.operator.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.preservarium.pusher.operator.FakeParserApi;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.RunningOperator;
import io.preservarium.pusher.operator.TestCluster;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parser scripts of ConfigMaps between a real API server, with the rights of the manifest, and a pusher-api made by hand. */
@ExtendWith(TestCluster.Needed.class)
class ParserConfigMapIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LABEL = "pusher.preservarium.io/parser-script";
    private static final String STATUS = "pusher.preservarium.io/parser-status";

    private KubernetesClient client;
    private FakeParserApi api;
    private String namespace;
    private String owner;
    private RunningOperator operator;

    @BeforeEach
    void startOperator() {
        client = TestCluster.client();
        api = new FakeParserApi();
        namespace = TestCluster.namespace("scripts");
        owner = "configmap:" + namespace + "/valve";
        operator = RunningOperator.startForScripts(settings());
    }

    @AfterEach
    void stopOperator() {
        operator.close();
        api.close();
        client.configMaps().inNamespace(namespace).list().getItems().forEach(this::release);
        client.namespaces().withName(namespace).delete();
    }

    private Map<String, String> settings() {
        return Map.of(
                "INTERNAL_TOKEN",
                FakeParserApi.TOKEN,
                "PARSER_SCRIPT_NAMESPACES",
                namespace,
                "PUSHER_API_URL",
                api.url(),
                "RETRY_AFTER",
                "300ms");
    }

    @Test
    void aLabelledConfigMapIsLive() {
        apply(Map.of(
                "valve.py", "def parse(): pass",
                "valve.py.examples.json", "{\"examples\":[]}",
                "pump.js", "function parse() {}",
                "valve.proto", "syntax = \"proto3\";",
                "readme.md", "about it"));
        when(state("live"));
        assertThat(api.scripts.get("valve.py"))
                .isEqualTo(new FakeParserApi.Script(
                        "def parse(): pass",
                        Map.of("valve.proto", "syntax = \"proto3\";"),
                        Optional.of("{\"examples\":[]}"),
                        owner));
        assertThat(api.scripts.get("pump.js").companions()).hasSize(1);
        assertThat(api.scripts.get("pump.js").examples()).isEmpty();
        assertThat(script("valve.py"))
                .containsEntry("state", "live")
                .containsEntry("sha256", api.scripts.get("valve.py").sha256())
                .containsEntry("examples", 2);
        assertThat(status().get("ignored")).isEqualTo(List.of("readme.md"));
        assertThat(get().orElseThrow().getFinalizers()).containsExactly(LABEL);
        assertThat(get().orElseThrow().getData()).hasSize(5);
        told(
                "ParserLive",
                "valve.py is live as sha256 " + api.scripts.get("valve.py").sha256() + ", examples passed: 2");
        told(
                "ParserLive",
                "pump.js is live as sha256 " + api.scripts.get("pump.js").sha256() + ", examples passed: 2");
        assertThat(counted("live")).isEqualTo(2);
    }

    @Test
    void whatIsSettledCausesNeitherCallsNorWrites() {
        apply(Map.of("valve.py", "good", "pump.py", "BROKEN"));
        when(state("refused"));
        told("ParserRefused", "pump.py examples.seven: expected bytes 07 but was bytes 08");
        touch("one");
        ConfigMap touched = touch("two");
        assertThat(settled()).isEqualTo(touched.getMetadata().getResourceVersion());
        assertThat(api.changes).containsExactlyInAnyOrder("PUT pump.py", "PUT valve.py");
        assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                .hasSize(2);
    }

    @Test
    void onlyWhatChangedIsCheckedAgain() {
        apply(Map.of("valve.py", "good", "pump.py", "good too"));
        when(state("live"));
        apply(Map.of("valve.py", "better", "pump.py", "good too"));
        await().atMost(PATIENCE)
                .until(() -> api.scripts.get("valve.py").source().equals("better"));
        when(found ->
                api.scripts.get("valve.py").sha256().equals(script("valve.py").get("sha256")));
        assertThat(api.changes).containsExactlyInAnyOrder("PUT pump.py", "PUT valve.py", "PUT valve.py");
        told(
                "ParserLive",
                "valve.py is live as sha256 " + api.scripts.get("valve.py").sha256() + ", examples passed: 2");
    }

    @Test
    void aBrokenVersionKeepsTheGoodOneUntilItIsFixed() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        String good = api.scripts.get("valve.py").sha256();
        apply(Map.of("valve.py", "BROKEN"));
        when(state("refused"));
        assertThat(api.scripts.get("valve.py").source()).isEqualTo("good");
        assertThat(script("valve.py"))
                .containsEntry("message", "examples.seven: expected bytes 07 but was bytes 08")
                .containsEntry("sha256", good);
        told(
                "ParserRefused",
                "valve.py examples.seven: expected bytes 07 but was bytes 08; sha256 " + good + " stays live");
        apply(Map.of("valve.py", "fixed"));
        when(state("live"));
        assertThat(api.scripts.get("valve.py").source()).isEqualTo("fixed");
        assertThat(api.puts()).isEqualTo(3);
    }

    @Test
    void whatWasNeverLiveHoldsNothing() {
        apply(Map.of("valve.py", "BROKEN"));
        assertThat(when(state("refused")).getFinalizers()).isEmpty();
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.changes).containsExactly("PUT valve.py");
    }

    @Test
    void whatIsNoTextIsRefusedAndKeepsTheGoodVersion() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        client.resource(configMap("valve", Map.of("pump.py", "good"))
                        .addToBinaryData("valve.py", Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff}))
                        .build())
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"data":{"valve.py":null,"pump.py":"good"},"binaryData":{"valve.py":"/w=="}}""");
        when(state("refused"));
        assertThat(script("valve.py")).containsEntry("message", "valve.py is not UTF-8 text");
        assertThat(api.scripts.get("valve.py").source()).isEqualTo("good");
        assertThat(script("pump.py")).containsEntry("state", "live");
    }

    @Test
    void aKeyThatGoesTakesItsScriptAlong() {
        apply(Map.of("valve.py", "good", "pump.py", "good"));
        when(state("live"));
        apply(Map.of("renamed.py", "good", "pump.py", "good"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(api.scripts).containsOnlyKeys("renamed.py", "pump.py"));
        when(found -> scripts().keySet().equals(api.scripts.keySet()));
        told("ParserRemoved", "valve.py is removed");
    }

    @Test
    void aDeletedConfigMapTakesItsScriptsAlong() {
        apply(Map.of("valve.py", "good", "pump.py", "good"));
        when(state("live"));
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.scripts).isEmpty();
        told("ParserRemoved", "pump.py is removed");
        assertThat(counted("removed")).isEqualTo(2);
    }

    @Test
    void aDeletionWaitsForPusherApi() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        api.isAway.set(true);
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        told("ParserUnavailable", "pusher-api does not take the scripts yet: status 503: Kafka is away");
        assertThat(get()).isPresent();
        api.isAway.set(false);
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.scripts).isEmpty();
        assertThat(resourceEvents("ParserUnavailable")).hasSize(1);
    }

    @Test
    void whatBelongsToSomebodyElseIsNotTouched() {
        api.scripts.put("valve.py", new FakeParserApi.Script("theirs", Map.of(), Optional.empty(), "rest"));
        apply(Map.of("valve.py", "good"));
        assertThat(when(state("owned")).getFinalizers()).isEmpty();
        assertThat(script("valve.py"))
                .containsEntry("message", "belongs to rest")
                .doesNotContainKey("sha256");
        told("ParserOwned", "valve.py is not taken: belongs to rest");
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.scripts.get("valve.py").source()).isEqualTo("theirs");
        assertThat(api.changes).isEmpty();
    }

    @Test
    void whatSomebodyElseLetsGoIsTaken() {
        api.scripts.put("valve.py", new FakeParserApi.Script("theirs", Map.of(), Optional.empty(), "rest"));
        apply(Map.of("valve.py", "good"));
        when(state("owned"));
        api.scripts.remove("valve.py");
        await().atMost(Duration.ofSeconds(45)).until(() -> "live".equals(status().get("state")));
        assertThat(api.scripts.get("valve.py").owner()).isEqualTo(owner);
    }

    @Test
    void withoutItsLabelAConfigMapIsOnlyAConfigMap() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        label("null");
        ConfigMap freed = when(found -> found.getFinalizers().isEmpty());
        assertThat(api.scripts).isEmpty();
        assertThat(ParserConfigMaps.annotation(freed)).isEmpty();
        assertThat(freed.getData()).containsEntry("valve.py", "good");
        told("ParserRemoved", "valve.py is removed");
        label("\"true\"");
        when(state("live"));
        assertThat(api.scripts).containsKey("valve.py");
    }

    @Test
    void aLabelThatWentWhileNobodyWatchedIsNoticed() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        operator.close();
        label("\"false\"");
        operator = RunningOperator.startForScripts(settings());
        when(found -> found.getFinalizers().isEmpty()
                && ParserConfigMaps.annotation(found).isEmpty());
        assertThat(api.scripts).isEmpty();
    }

    @Test
    void marksOnAConfigMapThatOwnsNothingGoWithTheLabelToo() {
        apply(Map.of("valve.py", "BROKEN"));
        when(state("refused"));
        operator.close();
        label("null");
        operator = RunningOperator.startForScripts(settings());
        when(found -> ParserConfigMaps.annotation(found).isEmpty());
    }

    @Test
    void scriptsOfAConfigMapThatIsGoneAreRemoved() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        operator.close();
        release(get().orElseThrow());
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        operator = RunningOperator.startForScripts(settings());
        await().atMost(PATIENCE).until(api.scripts::isEmpty);
    }

    @Test
    void aRestartWithEverythingLiveChangesNothing() {
        apply(Map.of("valve.py", "good", "pump.py", "BROKEN"));
        when(state("refused"));
        String version = settled();
        operator.close();
        int lists = api.lists.get();
        operator = RunningOperator.startForScripts(settings());
        // The round at start, and the ConfigMap itself.
        await().atMost(PATIENCE).until(() -> api.lists.get() >= lists + 2);
        assertThat(settled()).isEqualTo(version);
        assertThat(api.puts()).isEqualTo(2);
    }

    @Test
    void aStopBetweenTheScriptAndItsAnnotationEndsRight() {
        api.answers.set(new CountDownLatch(1));
        apply(Map.of("valve.py", "good"));
        await().atMost(PATIENCE).until(() -> api.scripts.containsKey("valve.py"));
        operator.close();
        assertThat(ParserConfigMaps.annotation(get().orElseThrow())).isEmpty();
        assertThat(get().orElseThrow().getFinalizers()).containsExactly(LABEL);
        api.answers.getAndSet(new CountDownLatch(0)).countDown();
        operator = RunningOperator.startForScripts(settings());
        when(state("live"));
        assertThat(api.scripts).containsOnlyKeys("valve.py");
    }

    @Test
    void aConfigMapDeletedAfterSuchAStopTakesTheScriptAlong() {
        api.answers.set(new CountDownLatch(1));
        apply(Map.of("valve.py", "good"));
        await().atMost(PATIENCE).until(() -> api.scripts.containsKey("valve.py"));
        operator.close();
        api.answers.getAndSet(new CountDownLatch(0)).countDown();
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        operator = RunningOperator.startForScripts(settings());
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.scripts).isEmpty();
    }

    @Test
    void whatTheTopicLostIsPutAgain() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        String version = settled();
        api.scripts.clear();
        operator.close();
        operator = RunningOperator.startForScripts(settings());
        await().atMost(PATIENCE).until(() -> api.scripts.containsKey("valve.py"));
        assertThat(settled()).isEqualTo(version);
    }

    @Test
    void anotherVersionUnderOurNameIsPutRight() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        api.scripts.put("valve.py", new FakeParserApi.Script("old", Map.of(), Optional.empty(), owner));
        touch("now");
        await().atMost(PATIENCE)
                .until(() -> api.scripts.get("valve.py").source().equals("good"));
    }

    @Test
    void whilePusherApiIsAwayScriptsWait() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        String live = api.scripts.get("valve.py").sha256();
        api.isAway.set(true);
        String version = settled();
        touch("nothing to do");
        apply("new", Map.of("new.py", "good"));
        await().atMost(PATIENCE).until(() -> "waiting".equals(status("new").get("state")));
        assertThat(status()).containsEntry("state", "live");
        apply(Map.of("valve.py", "better"));
        when(state("waiting"));
        assertThat(script("valve.py"))
                .containsEntry("sha256", live)
                .containsEntry("message", "status 503: Kafka is away");
        assertThat(version).isNotEqualTo(settled());
        String waiting = settled();
        await().atMost(PATIENCE)
                .until(() -> operator.meters
                                .get("pusher.operator.failures")
                                .tag("step", "parser-list")
                                .counter()
                                .count()
                        > 8);
        assertThat(settled()).isEqualTo(waiting);
        assertThat(resourceEvents("ParserUnavailable")).hasSize(2);
        api.isAway.set(false);
        when(state("live"));
        await().atMost(PATIENCE).until(() -> "live".equals(status("new").get("state")));
        assertThat(api.scripts.get("valve.py").source()).isEqualTo("better");
    }

    @Test
    void aRemovalWaitsForPusherApiToo() {
        apply(Map.of("valve.py", "good", "pump.py", "good"));
        when(state("live"));
        api.isAway.set(true);
        apply(Map.of("valve.py", "good"));
        when(state("waiting"));
        assertThat(script("pump.py")).containsEntry("message", "waits to be removed");
        api.isAway.set(false);
        when(state("live"));
        assertThat(api.scripts).containsOnlyKeys("valve.py");
        assertThat(scripts().keySet()).isEqualTo(api.scripts.keySet());
    }

    @Test
    void aLostLabelIsNotForgottenWhilePusherApiIsAway() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        api.isAway.set(true);
        label("null");
        told("ParserUnavailable", "pusher-api does not take the scripts yet: status 503: Kafka is away");
        assertThat(get().orElseThrow().getFinalizers()).containsExactly(LABEL);
        api.isAway.set(false);
        when(found -> found.getFinalizers().isEmpty());
        assertThat(api.scripts).isEmpty();
    }

    @Test
    void withoutAConnectorForTheCheckScriptsWait() {
        api.hasNoConnector.set(true);
        apply(Map.of("valve.py", "good"));
        when(state("waiting"));
        assertThat(script("valve.py")).containsEntry("message", "no connector could check the script");
        api.hasNoConnector.set(false);
        when(state("live"));
        assertThat(resourceEvents("ParserUnavailable")).hasSize(1);
    }

    @Test
    void aWrongTokenIsSaidAndNotShown() {
        operator.close();
        Map<String, String> wrong = new TreeMap<>(settings());
        wrong.put("INTERNAL_TOKEN", "another-token");
        operator = RunningOperator.startForScripts(wrong);
        apply(Map.of("valve.py", "good"));
        when(state("waiting"));
        assertThat(script("valve.py"))
                .containsEntry("message", "status 403: INTERNAL_TOKEN must be the one of pusher-api");
        assertThat(get().orElseThrow().toString()).doesNotContain("another-token");
    }

    @Test
    void aNamespaceThatIsNotAdmittedIsLeftAlone() {
        String other = TestCluster.namespace("elsewhere");
        try {
            api.scripts.put(
                    "lost.py",
                    new FakeParserApi.Script("theirs", Map.of(), Optional.empty(), "configmap:" + other + "/gone"));
            client.resource(configMap("valve", Map.of("there.py", "good"))
                            .editMetadata()
                            .withNamespace(other)
                            .endMetadata()
                            .build())
                    .create();
            apply(Map.of("valve.py", "good"));
            when(state("live"));
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> api.puts() == 1);
            assertThat(api.scripts).containsOnlyKeys("lost.py", "valve.py");
            ConfigMap untouched =
                    client.configMaps().inNamespace(other).withName("valve").get();
            assertThat(ParserConfigMaps.annotation(untouched)).isEmpty();
            assertThat(untouched.getFinalizers()).isEmpty();
        } finally {
            client.namespaces().withName(other).delete();
        }
    }

    @Test
    void aCopyWithOurMarksIsFreedAllTheSame() {
        apply(Map.of("valve.py", "good"));
        ConfigMap live = when(state("live"));
        // As kubectl get, edit, apply --server-side leaves it: the user's manager owns our marks too.
        live.getMetadata().setManagedFields(null);
        live.getMetadata().setResourceVersion(null);
        client.resource(live).fieldManager("somebody").forceConflicts().serverSideApply();
        client.configMaps().inNamespace(namespace).withName("valve").delete();
        await().atMost(PATIENCE).until(() -> get().isEmpty());
        assertThat(api.scripts).isEmpty();
    }

    @Test
    void anAnnotationThatSomebodySpoiltIsWrittenAnew() {
        apply(Map.of("valve.py", "good"));
        when(state("live"));
        client.resource(get().orElseThrow())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + STATUS + "\":\"[what?\"}}}");
        when(state("live"));
        assertThat(api.puts()).isEqualTo(2);
    }

    @Test
    void fromApplyToLiveTakesNoTime() {
        long[] millis = IntStream.range(0, 20)
                .mapToLong(i -> {
                    long begin = System.nanoTime();
                    apply("n" + i, Map.of("n" + i + ".py", "good"));
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(2))
                            .atMost(PATIENCE)
                            .until(() -> api.scripts.containsKey("n" + i + ".py"));
                    return (System.nanoTime() - begin) / 1_000_000;
                })
                .sorted()
                .toArray();
        System.out.printf(
                "parser ConfigMap: apply to PUT p50 %d ms, max %d ms %s%n",
                millis[millis.length / 2], millis[millis.length - 1], Arrays.toString(millis));
        assertThat(millis[millis.length - 1]).isLessThan(2000);
    }

    @Test
    void fiftyAtOnceAllGoLive() {
        IntStream.range(0, 50).parallel().forEach(i -> apply("n" + i, Map.of("n" + i + ".py", "good")));
        await().atMost(PATIENCE).until(() -> IntStream.range(0, 50)
                .allMatch(i -> "live".equals(status("n" + i).get("state"))));
        assertThat(api.puts()).isEqualTo(50);
    }

    private void apply(Map<String, String> data) {
        apply("valve", data);
    }

    private void apply(String name, Map<String, String> data) {
        client.resource(configMap(name, data).build()).fieldManager("somebody").serverSideApply();
    }

    private ConfigMapBuilder configMap(String name, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(LABEL, "true")
                .endMetadata()
                .withData(data);
    }

    private void label(String value) {
        client.configMaps()
                .inNamespace(namespace)
                .withName("valve")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"" + LABEL + "\":" + value + "}}}");
    }

    private ConfigMap touch(String value) {
        return client.configMaps()
                .inNamespace(namespace)
                .withName("valve")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"touched\":\"" + value + "\"}}}");
    }

    private void release(ConfigMap configMap) {
        client.resource(configMap).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
    }

    private Optional<ConfigMap> get() {
        return get("valve");
    }

    private Optional<ConfigMap> get(String name) {
        return Optional.ofNullable(
                client.configMaps().inNamespace(namespace).withName(name).get());
    }

    private ConfigMap when(Predicate<ConfigMap> condition) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(this::get, found -> found.filter(condition).isPresent())
                .orElseThrow();
    }

    private Predicate<ConfigMap> state(String state) {
        return found -> ParserConfigMaps.annotation(found)
                .filter(text -> text.startsWith("{\"state\":\"" + state + "\""))
                .isPresent();
    }

    /** The version that the ConfigMap stays at. */
    private String settled() {
        String version = get().orElseThrow().getMetadata().getResourceVersion();
        await().during(Duration.ofMillis(500))
                .atMost(PATIENCE)
                .until(() ->
                        get().orElseThrow().getMetadata().getResourceVersion().equals(version));
        return version;
    }

    private Map<?, ?> status(String name) {
        return get(name)
                .flatMap(ParserConfigMaps::annotation)
                .<Map<?, ?>>map(text -> Resources.YAML.unmarshal(text, Map.class))
                .orElse(Map.of());
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> status() {
        return (Map<Object, Object>) status("valve");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> scripts() {
        return (Map<Object, Object>) status().get("scripts");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> script(String ref) {
        return (Map<Object, Object>) scripts().get(ref);
    }

    private List<String> resourceEvents(String reason) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .map(Event::getMessage)
                .toList();
    }

    private void told(String reason, String message) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(resourceEvents(reason)).contains(message));
    }

    private double counted(String outcome) {
        return operator.meters
                .get("pusher.operator.parser.scripts")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
