package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ManagementOnTheMainPortTest extends ManagementProtectionTest {

    @Test
    void thePortIsTheSame() {
        assertThat(managementPort()).isEqualTo(mainPort());
    }
}
