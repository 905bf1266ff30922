package io.holdfast.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.startup.WarmUp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What stock-svc has done by the time it says that it is ready. */
@OnRealDatabase
class ReadinessTest {

    @Autowired
    private List<WarmUp> warmUps;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void hasBeenThroughItsOwnPathsOnceAndNothingOfThatStays() {
        assertThat(warmUps).isNotEmpty().allMatch(WarmUp::isDone);
        assertThat(jdbc.queryForObject("select count(*) from reservation where xid = 'warm-up'", Long.class))
                .isZero();
    }
}
