package io.preservarium.pusher.parsers.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.script.TrustDomain;
import org.junit.jupiter.api.Test;

class IsolationTest {

    private static final TrustDomain REST = TrustDomain.ofOwner("rest");
    private static final TrustDomain CONFIG_MAP = TrustDomain.ofOwner("configmap:team/valve");

    @Test
    void whatDoesNotComeWithTheInstallationGetsAProcess() {
        assertThat(Isolation.AUTO.ownProcess(TrustDomain.SHIPPED)).isFalse();
        assertThat(Isolation.AUTO.ownProcess(TrustDomain.DIRECTORY)).isFalse();
        assertThat(Isolation.AUTO.ownProcess(REST)).isTrue();
        assertThat(Isolation.AUTO.ownProcess(CONFIG_MAP)).isTrue();
    }

    @Test
    void theOthersAreTheSameForAll() {
        assertThat(Isolation.IN_PROCESS.ownProcess(REST)).isFalse();
        assertThat(Isolation.PROCESS.ownProcess(TrustDomain.SHIPPED)).isTrue();
    }
}
