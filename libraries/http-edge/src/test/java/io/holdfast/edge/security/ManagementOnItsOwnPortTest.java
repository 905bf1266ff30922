package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ManagementOnItsOwnPortTest extends ManagementProtectionTest {

    ManagementOnItsOwnPortTest() {
        super("--management.server.port=0", "--management.server.address=127.0.0.1");
    }

    @Test
    void thePortIsAnother() {
        assertThat(managementPort()).isNotEqualTo(mainPort());
    }
}
