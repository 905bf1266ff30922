package io.holdfast.edge.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnonymousRateFilterTest {

    @Test
    void aNetworkOfVersionSixIsOneCallerHoweverManyAddressesItHas() {
        assertThat(AnonymousRateFilter.networkOf("2001:db8:1:2:aaaa::1"))
                .isEqualTo(AnonymousRateFilter.networkOf("2001:db8:1:2:bbbb::2"))
                .isNotEqualTo(AnonymousRateFilter.networkOf("2001:db8:1:3::1"));
        assertThat(AnonymousRateFilter.networkOf("10.0.0.1")).isNotEqualTo(AnonymousRateFilter.networkOf("10.0.0.2"));
    }
}
