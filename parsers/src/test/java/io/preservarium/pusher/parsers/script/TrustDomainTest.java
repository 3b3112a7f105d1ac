package io.preservarium.pusher.parsers.script;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrustDomainTest {

    @Test
    void configMapsOfANamespaceTrustEachOther() {
        assertThat(TrustDomain.ofOwner("configmap:plant/valves"))
                .isEqualTo(TrustDomain.ofOwner("configmap:plant/pumps"));
        assertThat(TrustDomain.ofOwner("configmap:plant/valves"))
                .isNotEqualTo(TrustDomain.ofOwner("configmap:plants/valves"));
        assertThat(TrustDomain.ofOwner("rest")).isNotEqualTo(TrustDomain.ofOwner("configmap:rest/rest"));
    }

    @Test
    void noOwnerIsTakenForAFolder() {
        assertThat(TrustDomain.ofOwner("shipped")).isNotEqualTo(TrustDomain.SHIPPED);
        assertThat(TrustDomain.ofOwner("directory")).isNotEqualTo(TrustDomain.DIRECTORY);
    }
}
