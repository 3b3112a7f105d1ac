package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.connector.Commands;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoapRouteTest {

    private final CoapRoute route = new CoapRoute();

    private Optional<String> refusal(Map<String, Object> metadata) {
        return route.refusal(Commands.command(metadata, Expectation.SENT));
    }

    @Test
    void aCommandWaitsForItsDevice() {
        assertThat(route.protocol()).isEqualTo(Protocol.COAP);
        assertThat(route.startsAtOnce()).isFalse();
    }

    @Test
    void metadataOfScriptsIsNobodysBusiness() {
        assertThat(refusal(Map.of())).isEmpty();
        assertThat(refusal(Map.of("mode", "piggyback", "for_the_script", 1))).isEmpty();
        assertThat(refusal(Map.of("path", "/commands", "confirmable", true)))
                .as("chosen by the device already, and no reason to fail")
                .isEmpty();
        assertThat(refusal(Map.of("mode", JsonNull.NULL, "path", JsonNull.NULL)))
                .isEmpty();
    }

    @Test
    void otherModesAreRefusedWithWhatToDo() {
        assertThat(refusal(Map.of("mode", "push")).orElseThrow())
                .contains("metadata.mode \"push\"")
                .contains("uplinks only");
        assertThat(refusal(Map.of("mode", "pigeon")))
                .contains("metadata.mode must be \"piggyback\" but was \"pigeon\"");
        assertThat(refusal(Map.of("mode", 1))).contains("metadata.mode must be a string");
        assertThat(refusal(Map.of("path", 7))).contains("metadata.path must be a string");
        assertThat(refusal(Map.of("confirmable", "yes"))).contains("metadata.confirmable must be true or false");
    }

    @Test
    void whatCannotBeObservedIsRefused() {
        assertThat(route.refusal(Commands.command(Map.of(), Expectation.DELIVERED))
                        .orElseThrow())
                .contains("cannot be observed");
        assertThat(route.refusal(Commands.command(Map.of(), Expectation.SUCCEEDED))
                        .orElseThrow())
                .contains("later version");
    }
}
