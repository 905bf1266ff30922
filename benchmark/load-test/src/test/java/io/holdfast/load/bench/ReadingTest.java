package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is read of order-svc. */
class ReadingTest {

    @Test
    void messagesToTheCoordinatorAreSummedUp() {
        String prometheus = """
                holdfast_tcc_coordinator_messages_total{application="order-svc",kind="answer"} 4.0
                holdfast_tcc_coordinator_messages_total{application="order-svc",kind="request"} 8.0
                holdfast_tcc_parked_total{action="payment.card"} 99.0
                """;

        assertThat(ServiceMetrics.messagesIn(prometheus)).isEqualTo(12);
    }

    @Test
    void groupsAreCountedAndBucketsAreNot() {
        String prometheus = """
                # HELP holdfast_order_group_size_orders
                holdfast_order_group_size_orders_bucket{application="order-svc",le="2.0"} 99
                holdfast_order_group_size_orders_count{application="order-svc"} 40
                holdfast_order_group_size_orders_sum{application="order-svc"} 120.0
                holdfast_order_group_size_orders_max{application="order-svc"} 7.0
                holdfast_order_group_wait_seconds_count{application="order-svc"} 5
                """;

        assertThat(ServiceMetrics.groupsIn(prometheus)).isEqualTo(new ServiceMetrics.Groups(40, 120));
    }
}
