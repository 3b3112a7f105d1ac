package io.preservarium.pusher.connector.broken;

import com.fasterxml.jackson.core.JsonPointer;
import io.preservarium.pusher.connector.broken.inner.KnowsWhoKnowsIt;
import io.preservarium.pusher.operator.broken.PartOfAService;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.graalvm.polyglot.Value;

/** What nobody may write; {@code ConnectorRulesTest} shows that each rule says so. */
@Path("/open-to-everybody")
public class BreaksEveryRule {

    @Inject
    PartOfAService service;

    KnowsWhoKnowsIt cycle;
    Value engine;
    JsonPointer json;
    TopicPartition kafka;

    Instant now() {
        return Clock.systemUTC().instant().plusNanos(Instant.now().getNano());
    }
}
