package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is read of the kernel and of order-svc. */
class ReadingTest {

    @Test
    void cpuTimeIsFoundBehindANameWithBlanksAndBrackets() {
        String stat = "4711 (a (java) b) S 1 4711 4711 0 -1 4194560 1 2 3 4 1250 250 9 9 20 0 60 0 1234 5 6";

        assertThat(Meter.cpuSeconds(stat)).isEqualTo(15.0);
    }

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
