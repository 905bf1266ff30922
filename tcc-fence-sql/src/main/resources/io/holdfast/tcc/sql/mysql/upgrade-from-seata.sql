-- Takes over the tcc_fence_log that Seata's own fence has filled, for MySQL from 8.0.16 on and MariaDB from 10.6 on. Rows
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
    add column decision tinyint,
    add column decided_at datetime(3),
    add column delay_step smallint not null default 0,
    add column lane tinyint,
    add column claimed_by varchar(64) character set utf8mb4 collate utf8mb4_bin,
    add column give_up_cause tinyint,
    add column give_up_reason varchar(1000) character set utf8mb4 collate utf8mb4_bin,
    algorithm = instant;

-- 2. New indexes. Transactions go on meanwhile.
alter table tcc_fence_log
    add index tcc_fence_log_due (action_name, lane, next_attempt_at),
    add index tcc_fence_log_age (status, gmt_modified),
    algorithm = inplace, lock = none;

-- 3. Collations and constraints. This copies the table, and Try, Confirm and Cancel wait for it; so it comes in one
-- statement, and it is best run after Seata's cleaner (seata.tcc.fence.clean-period) has thinned the table.
alter table tcc_fence_log
    modify column xid varchar(128) character set ascii collate ascii_bin not null,
    modify column action_name varchar(64) character set utf8mb4 collate utf8mb4_bin,
    add constraint tcc_fence_log_status check (status between 1 and 6),
    add constraint tcc_fence_log_attempts check (attempts >= 0),
    add constraint tcc_fence_log_decision check (decision between 1 and 3),
    add constraint tcc_fence_log_schedule check ((next_attempt_at is null) = (lane is null)
        and (next_attempt_at is null or (decision is not null and decided_at is not null and context is not null))),
    default character set utf8mb4 collate utf8mb4_bin,
    algorithm = copy, lock = shared;

-- 4. Seata's two indexes: the new ones serve its cleaner as well. They come last, because a table that was not made by
-- Seata's script may lack them or call them something else.
alter table tcc_fence_log
    drop index idx_status,
    drop index idx_gmt_modified,
    algorithm = inplace, lock = none;

-- 5. The tables that Seata has nothing of, as in fence.sql.
-- Every attempt that failed, for the branches that have any: written in the transaction that writes the failure into the fence
-- row, so a healthy branch has none here. Of a branch that fails for ever the first 20 and the last 180 are kept. They go
-- when the fence row goes.
create table tcc_attempt
(
    xid         varchar(128) character set ascii collate ascii_bin not null,
    branch_id   bigint        not null,
    -- As tcc_fence_log.attempts counted it: the first is 1.
    number      int           not null,
    operation   varchar(16) character set ascii collate ascii_bin not null,
    started_at  datetime(3)   not null,
    ended_at    datetime(3)   not null,
    error       varchar(1000) not null,
    -- When the next one was due, as it looked then; null if the branch was parked.
    next_due_at datetime(3),
    -- Which instance made it.
    instance    varchar(64)   not null,
    primary key (xid, branch_id, number),
    constraint tcc_attempt_number check (number >= 1),
    constraint tcc_attempt_operation check (operation in ('CONFIRM', 'CANCEL', 'EMPTY_ROLLBACK', 'GIVE_UP'))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

-- Actions of which nobody makes an attempt until a person lets them go on. It holds for all instances of the service.
create table tcc_paused_action
(
    action_name varchar(64)   not null,
    since       datetime(3)   not null,
    who         varchar(100)  not null,
    reason      varchar(1000) not null,
    primary key (action_name)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

-- What people did to branches and actions, what the service decided by itself, and why. Written in the same transaction as
-- the change that it records; never deleted here.
create table tcc_audit
(
    id            bigint        not null auto_increment,
    happened_at   datetime(3)   not null,
    who           varchar(100)  not null,
    operation     varchar(16) character set ascii collate ascii_bin not null,
    action_name   varchar(64),
    xid           varchar(128) character set ascii collate ascii_bin,
    branch_id     bigint,
    status_before varchar(16) character set ascii collate ascii_bin,
    status_after  varchar(16) character set ascii collate ascii_bin,
    reason        varchar(1000) not null,
    primary key (id),
    index tcc_audit_branch (xid, branch_id),
    constraint tcc_audit_operation check (operation in
        ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME', 'ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT'))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

-- 6. The identity of the schema, as in schema_identity.sql.
-- Which schema this is, for MySQL from 8.0.16 on and MariaDB from 10.6 on: beside the fence table, in the database of every
-- service with TCC actions. May be run again, by several at once too: the identity that is there stays.
--
-- It travels in the context of every branch. The coordinator sends phase two to any instance with the application id of the
-- one that tried, and two teams' test installations may have the same: whoever finds another identity than its own refuses,
-- before it touches the fence. A dump that is restored elsewhere bears the identity of where it comes from: there, delete
-- the row before the service starts, and the service makes a new one.
create table if not exists tcc_schema_identity
(
    only_row  tinyint                                           not null default 1,
    schema_id varchar(16) character set ascii collate ascii_bin not null,
    made_at   datetime(3)                                       not null,
    primary key (only_row),
    constraint tcc_schema_identity_only_row check (only_row = 1),
    constraint tcc_schema_identity_length check (char_length(schema_id) = 16)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

insert ignore into tcc_schema_identity (only_row, schema_id, made_at)
values (1, left(sha2(concat(uuid(), '/', rand(), '/', connection_id()), 256), 16), utc_timestamp(3));
