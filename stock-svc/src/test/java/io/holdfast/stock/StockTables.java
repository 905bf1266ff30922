package io.holdfast.stock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The tables as a test sees them, past all code of the service. */
public final class StockTables {

    public final JdbcTemplate jdbc;

    StockTables(DataSourceProperties settings) {
        // Not the service's pool: its connections commit nothing by themselves.
        this.jdbc = new JdbcTemplate(
                new DriverManagerDataSource(settings.getUrl(), settings.getUsername(), settings.getPassword()));
    }

    public void put(String sku, long available) {
        jdbc.update("insert into stock values (?, ?, ?, 0, 0)", sku, available, available);
    }

    /** @return {@code available/reserved/sold}, or nothing */
    public List<String> level(String sku) {
        return jdbc.queryForList(
                "select concat(available, '/', reserved, '/', sold) from stock where sku = ?", String.class, sku);
    }

    /** @return {@code sku quantity status}, sorted */
    public List<String> reservations(String orderId) {
        return jdbc.queryForList("""
                select concat(sku, ' ', quantity, ' ', status) from reservation
                where order_id = ? order by sku, status
                """, String.class, orderId);
    }

    /** @return statuses of the fence rows of a global transaction */
    public List<Integer> fenceRows(String xid) {
        return jdbc.queryForList(
                "select status from tcc_fence_log where xid = ? order by branch_id", Integer.class, xid);
    }

    /** @return a line for each step in which the database would carry out the query of a check */
    public List<String> explain(String check) {
        return jdbc.query(
                "explain " + check.replace(":most", "200").replace(":before", "utc_timestamp(3)"),
                (row, n) -> row.getString("table") + " " + row.getString("type") + " " + row.getString("Extra"));
    }

    /** What the server remembers of the last deadlock that it broke. */
    public String lastDeadlock() {
        String status = jdbc.queryForObject("show engine innodb status", (row, n) -> row.getString("Status"));
        int from = status.indexOf("LATEST DETECTED DEADLOCK");
        return from < 0 ? "none" : status.substring(from, status.indexOf("TRANSACTIONS\n----", from));
    }

    /** I1 of every SKU; what is reserved or sold is so for a reservation; and who holds stock is claimed (I4). */
    public void assertNothingIsLost() {
        assertThat(jdbc.queryForList("""
                                select s.sku, s.received, s.available, s.reserved, s.sold, r.reserved, r.sold
                                from stock s left join (
                                    select sku,
                                        sum(if(status = 'RESERVED', quantity, 0)) as reserved,
                                        sum(if(status = 'SOLD', quantity, 0)) as sold
                                    from reservation group by sku) r on r.sku = s.sku
                                where s.available + s.reserved + s.sold <> s.received
                                    or least(s.available, s.reserved, s.sold) < 0
                                    or s.reserved <> coalesce(r.reserved, 0)
                                    or s.sold <> coalesce(r.sold, 0)
                                """)).as("SKUs that break I1").isEmpty();
    }
}
