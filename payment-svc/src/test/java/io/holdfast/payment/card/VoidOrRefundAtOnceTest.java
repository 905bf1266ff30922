package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;

/** As in production, with a poll so rare that only the commit itself can have started what happens. */
@TestPropertySource(
        properties = {"holdfast.payment.void-or-refund.enabled=true", "holdfast.payment.void-or-refund.interval=1h"})
class VoidOrRefundAtOnceTest extends OnCards {

    VoidOrRefundAtOnceTest(@Autowired ApplicationContext service) {
        super(service);
    }

    @Test
    void whatIsReleasedIsVoidedAsSoonAsThatIsCommitted() {
        assertThat(authorized().release()).isTrue();

        await().atMost(Duration.ofSeconds(20)).until(() -> voidOrRefundStatus().contains("VOIDED"));

        await("the task goes").atMost(Duration.ofSeconds(20)).until(() -> jdbc.queryForList(
                        "select task_instance from scheduled_tasks")
                .isEmpty());
        assertThat(charge()).isEqualTo("VOIDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }
}
