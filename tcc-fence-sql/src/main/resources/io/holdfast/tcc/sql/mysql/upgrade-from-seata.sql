-- Takes over the tcc_fence_log that Seata's own fence has filled, for MySQL from 8.0.16 on and MariaDB from 10.5 on. Rows
-- stay as they are; afterwards the table is the same as one made by fence.sql. To be run once.
--
-- Instances that still run Seata's fence may go on working before, during and after it: they name the columns they insert,
-- and the statuses they know mean the same. Replace them by instances with Holdfast's fence after this script, one by one.
--
-- If a statement fails, the ones before it have taken effect (DDL commits itself); mend the cause and go on from there.

-- 1. New columns. Instant: no row is touched.
alter table tcc_fence_log
    add column attempts int not null default 0,
    add column next_attempt_at datetime(3),
    add column last_error varchar(1000) character set utf8mb4 collate utf8mb4_bin,
    add column context text character set utf8mb4 collate utf8mb4_bin,
    algorithm = instant;

-- 2. New indexes. Transactions go on meanwhile.
alter table tcc_fence_log
    add index tcc_fence_log_due (status, next_attempt_at),
    add index tcc_fence_log_age (status, gmt_modified),
    algorithm = inplace, lock = none;

-- 3. Collations and constraints. This copies the table, and Try, Confirm and Cancel wait for it; so it comes in one
-- statement, and it is best run after Seata's cleaner (seata.tcc.fence.clean-period) has thinned the table.
alter table tcc_fence_log
    modify column xid varchar(128) character set ascii collate ascii_bin not null,
    modify column action_name varchar(64) character set utf8mb4 collate utf8mb4_bin,
    add constraint tcc_fence_log_status check (status between 1 and 6),
    add constraint tcc_fence_log_attempts check (attempts >= 0),
    default character set utf8mb4 collate utf8mb4_bin,
    algorithm = copy, lock = shared;

-- 4. Seata's two indexes: the new ones serve its cleaner as well. They come last, because a table that was not made by
-- Seata's script may lack them or call them something else.
alter table tcc_fence_log
    drop index idx_status,
    drop index idx_gmt_modified,
    algorithm = inplace, lock = none;
