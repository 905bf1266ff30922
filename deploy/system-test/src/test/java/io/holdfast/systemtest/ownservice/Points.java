package io.holdfast.systemtest.ownservice;

import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.jdbc.core.JdbcTemplate;

/** The action of a service that some other team wrote after the README. Public, as Seata's phase two needs it. */
@LocalTCC
public class Points {

    static final String ACTION = "points.hold";

    private final JdbcTemplate jdbc;

    Points(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @TwoPhaseBusinessAction(name = ACTION, commitMethod = "spend", rollbackMethod = "giveBack", useTCCFence = true)
    public void hold(BusinessActionContext branch, String buyer, long points) {
        require(jdbc.update(
                "update points set free = free - ?, held = held + ? where buyer = ? and free >= ?",
                points,
                points,
                buyer,
                points));
        require(jdbc.update(
                "insert into points_hold (xid, branch_id, buyer, points) values (?, ?, ?, ?)",
                branch.getXid(),
                branch.getBranchId(),
                buyer,
                points));
    }

    public boolean spend(BusinessActionContext branch) {
        require(jdbc.update("""
                update points p join points_hold h on h.buyer = p.buyer
                set p.held = p.held - h.points, p.spent = p.spent + h.points
                where h.xid = ? and h.branch_id = ?
                """, branch.getXid(), branch.getBranchId()));
        return true;
    }

    public boolean giveBack(BusinessActionContext branch) {
        require(jdbc.update("""
                update points p join points_hold h on h.buyer = p.buyer
                set p.held = p.held - h.points, p.free = p.free + h.points
                where h.xid = ? and h.branch_id = ?
                """, branch.getXid(), branch.getBranchId()));
        return true;
    }

    private static void require(int changedRows) {
        if (changedRows != 1) {
            throw new IllegalStateException("changed " + changedRows + " rows instead of one");
        }
    }
}
