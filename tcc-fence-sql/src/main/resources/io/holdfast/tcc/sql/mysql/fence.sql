-- The fence table of a service, for MySQL from 8.0.16 on (older ones read CHECK and forget it) and MariaDB from 10.6 on
-- (older ones know no SKIP LOCKED, with which several instances of a service share the attempts that are due).
-- It belongs into the database that the actions' own tables are in: a fence row and the business rows change in one
-- local transaction, or the fence is worth nothing.
--
-- "if not exists" is left out on purpose. A table that Seata made has the same name and fewer columns; passing over it
-- would fail later, at the first Confirm that fails. It is taken over with upgrade-from-seata.sql.
--
-- The first six columns are Seata's own. Every time is UTC and comes from the service's clock, never from the database's.
create table tcc_fence_log
(
    -- An xid is address:port:number. Compared byte by byte: cheaper than a collation, and no two xids are ever
    -- "equal but for the case".
    xid             varchar(128) character set ascii collate ascii_bin not null,
    branch_id       bigint                                             not null,
    action_name     varchar(64),
    -- 1 TRIED, 2 COMMITTED, 3 ROLLBACKED, 4 SUSPENDED are Seata's; 5 GIVEN_UP, 6 PARKED are Holdfast's.
    status          tinyint                                            not null,
    gmt_create      datetime(3)                                        not null,
    gmt_modified    datetime(3)                                        not null,
    -- The schedule of phase two. It is written when a first Confirm or Cancel does not succeed at once; for all other
    -- branches these columns stay as they are made here.
    -- How many attempts failed in all, when the next one is due, and why the last one failed.
    attempts        int                                                not null default 0,
    next_attempt_at datetime(3),
    last_error      varchar(1000),
    -- The action context (JSON), from which an attempt is made after a restart too.
    context         text,
    -- What the coordinator decided: 1 CONFIRM, 2 CANCEL, 3 EMPTY_ROLLBACK (a Cancel that found no Try). It never changes.
    decision        tinyint,
    -- When it was first heard of; deadlines count from here.
    decided_at      datetime(3),
    -- Failures since the delay last started from its smallest: the delay doubles with each.
    delay_step      smallint                                           not null default 0,
    -- 1 for branches that failed few times, 2 for those that failed often: these never take all places of their action.
    lane            tinyint,
    -- The instance that makes an attempt now; next_attempt_at is then the end of its lease.
    claimed_by      varchar(64),
    -- Why a decided Confirm is being given up: 1 DEADLINE, 2 REFUSED; and in words. From then on it is not attempted again.
    give_up_cause   tinyint,
    give_up_reason  varchar(1000),
    -- By xid first: the branches of one global transaction are read together.
    primary key (xid, branch_id),
    -- For the attempts that are due. No other branch has a lane, so a healthy one never moves in this index.
    index tcc_fence_log_due (action_name, lane, next_attempt_at),
    -- For the cleaner and for what waits for a person: both look at one status, oldest first.
    index tcc_fence_log_age (status, gmt_modified),
    constraint tcc_fence_log_status check (status between 1 and 6),
    constraint tcc_fence_log_attempts check (attempts >= 0),
    constraint tcc_fence_log_decision check (decision between 1 and 3),
    -- Due means decided; and what has no lane would never be found.
    constraint tcc_fence_log_schedule check ((next_attempt_at is null) = (lane is null)
        and (next_attempt_at is null or (decision is not null and decided_at is not null and context is not null)))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

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

-- What people did to branches and actions, and why. Written in the same transaction as what it tells; never deleted here.
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
    constraint tcc_audit_operation check (operation in ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME'))
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_bin;

-- The operations that tcc_audit takes, for MySQL from 8.0.19 on and MariaDB from 10.6 on: what people did, and what a
-- service decided by itself about branches whose end nobody had asked for. May be run again.
alter table tcc_audit
    drop constraint tcc_audit_operation,
    add constraint tcc_audit_operation check (operation in
        ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME', 'ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT'));

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
