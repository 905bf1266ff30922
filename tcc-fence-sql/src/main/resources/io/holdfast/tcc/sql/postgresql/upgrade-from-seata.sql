-- Takes over the tcc_fence_log that Seata's own fence has filled, for PostgreSQL from 11 on. Rows stay as they are;
-- afterwards the table is the same as one made by fence.sql. To be run once, each statement on its own (as psql does
-- unless told otherwise): building an index without stopping writers is refused inside a transaction.
--
-- Instances that still run Seata's fence may go on working before, during and after it: they name the columns they insert,
-- and the statuses they know mean the same. Replace them by instances with Holdfast's fence after this script, one by one.
--
-- If a statement fails, the ones before it have taken effect; mend the cause and go on from there. An index that failed to
-- build is left behind as invalid and has to be dropped first.

-- Rather give up than queue behind a long transaction and hold up every Try behind this script.
set lock_timeout = '10s';

-- 1. New columns. Instant: no row is touched. Of Seata's scripts some let action_name be null and some do not.
alter table tcc_fence_log
    alter column action_name drop not null,
    add column attempts integer not null default 0,
    add column next_attempt_at timestamp(3),
    add column last_error varchar(1000),
    add column context text;

-- 2. New indexes. Transactions go on meanwhile.
create index concurrently tcc_fence_log_due on tcc_fence_log (status, next_attempt_at);
create index concurrently tcc_fence_log_age on tcc_fence_log (status, gmt_modified);

-- 3. Constraints: first for new rows, then for the ones that are there, which does not stop writers.
alter table tcc_fence_log
    add constraint tcc_fence_log_status check (status between 1 and 6) not valid,
    add constraint tcc_fence_log_attempts check (attempts >= 0) not valid;
alter table tcc_fence_log
    validate constraint tcc_fence_log_status,
    validate constraint tcc_fence_log_attempts;

-- 4. Collation. This builds the primary key anew, and Try, Confirm and Cancel wait for it; best run after Seata's cleaner
-- has thinned the table.
alter table tcc_fence_log
    alter column xid type varchar(128) collate "C";

-- 5. Seata's two indexes: the new ones serve its cleaner as well. They come last, because a table that was not made by
-- Seata's script may lack them or call them something else.
drop index concurrently idx_status;
drop index concurrently idx_gmt_modified;

reset lock_timeout;
