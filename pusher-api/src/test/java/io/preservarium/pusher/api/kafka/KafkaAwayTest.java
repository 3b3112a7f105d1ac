package io.preservarium.pusher.api.kafka;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import io.preservarium.pusher.api.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One story: the service is there before Kafka, waits for the topics, works, loses Kafka and gets it back. */
@QuarkusTest
@QuarkusTestResource(value = WithKafkaAway.class, restrictToAnnotatedClass = true)
class KafkaAwayTest {

    private static final String ID = "patient-1";
    private static final Duration SOON = Duration.ofSeconds(30);

    private TestKafka kafka;

    @Test
    void theServiceOutlivesKafka() {
        given().get("/q/health/live").then().statusCode(200);
        notReady("Kafka is not reachable");
        given().get("/api/v1/status").then().statusCode(200).body("kafka_connected", equalTo(false));
        post().statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", "5")
                .body("type", equalTo("KafkaConnectionError"))
                .body("outcome", equalTo("not_sent"))
                .body("request_id", equalTo(ID));
        given().contentType("application/json")
                .body("{\"commands\":[" + command("a") + "," + command("b") + ",{}]}")
                .post("/api/v1/commands/batch")
                .then()
                .statusCode(503)
                .header("Retry-After", "5")
                .body("outcome", equalTo("not_sent"))
                .body("results", hasSize(3))
                .body("results.success", everyItem(equalTo(false)))
                .body("results[1].request_id", equalTo("b"));
        status().statusCode(503).header("Retry-After", not(nullValue()));
        given().get("/api/v1/status").then().body("last_error", not(nullValue()));

        kafka.start();
        await().atMost(SOON)
                .until(() -> given().get("/health").asString().contains("lacks the topics device_commands, "));
        post().statusCode(503).body("outcome", equalTo("not_sent"));

        kafka.createTopics();
        await().atMost(SOON).until(() -> given().get("/health").statusCode() == 200);
        post().statusCode(200).body("request_id", equalTo(ID));
        status().statusCode(200).body("state", equalTo("accepted"));

        kafka.stop();
        await().atMost(SOON).until(() -> given().get("/health").statusCode() == 503);
        notReady("Kafka is not reachable");
        given().get("/q/health/live").then().statusCode(200);
        given().contentType("application/json")
                .body(command("patient-2"))
                .post("/api/v1/commands")
                .then()
                .statusCode(503)
                .body("outcome", oneOf("unknown", "not_sent"))
                .body("request_id", equalTo("patient-2"));
        // What was read before is still known; whether there is more, nobody can say.
        status().statusCode(200);
        given().get("/api/v1/commands/patient-3/status").then().statusCode(503);

        kafka.start();
        await().atMost(SOON).until(() -> given().get("/health").statusCode() == 200);
        given().contentType("application/json")
                .body(command("patient-2"))
                .post("/api/v1/commands")
                .then()
                .statusCode(200);
        await().atMost(SOON)
                .untilAsserted(() ->
                        given().get("/api/v1/commands/patient-2/status").then().statusCode(200));
    }

    private static void notReady(String why) {
        given().get("/q/health/ready").then().statusCode(503).body("checks[0].data.message", containsString(why));
        given().get("/health")
                .then()
                .statusCode(503)
                .contentType("application/problem+json")
                .body("detail", containsString(why));
    }

    private static ValidatableResponse post() {
        return given().contentType("application/json")
                .body(command(ID))
                .post("/api/v1/commands")
                .then();
    }

    private static ValidatableResponse status() {
        return given().get("/api/v1/commands/" + ID + "/status").then();
    }

    private static String command(String id) {
        return "{\"request_id\":\"" + id
                + "\",\"device_id\":\"d\",\"command_type\":\"reboot\",\"payload\":{},\"protocol\":\"mqtt\",\"topic\":\"d/c\"}";
    }
}
