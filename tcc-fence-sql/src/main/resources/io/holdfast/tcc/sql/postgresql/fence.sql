-- The fence table of a service, for PostgreSQL from 11 on. It belongs into the database that the actions' own tables are
-- in: a fence row and the business rows change in one local transaction, or the fence is worth nothing.
--
-- "if not exists" is left out on purpose. A table that Seata made has the same name and fewer columns; passing over it
-- would fail later, at the first Confirm that fails. It is taken over with upgrade-from-seata.sql.
--
-- The first six columns are Seata's own. Every time is UTC and comes from the service's clock, never from the database's.
create table tcc_fence_log
(
    -- An xid is address:port:number. Compared byte by byte: cheaper, and the primary key does not depend on the sort order
    -- of the operating system's library, which changes with its upgrades.
    xid             varchar(128) collate "C" not null,
    branch_id       bigint                   not null,
    action_name     varchar(64),
    -- 1 TRIED, 2 COMMITTED, 3 ROLLBACKED, 4 SUSPENDED are Seata's; 5 GIVEN_UP, 6 PARKED are Holdfast's.
    status          smallint                 not null,
    gmt_create      timestamp(3)             not null,
    gmt_modified    timestamp(3)             not null,
    -- The schedule of phase two. It is written when a first Confirm or Cancel does not succeed at once; for all other
    -- branches these columns stay as they are made here.
    -- How many attempts failed in all, when the next one is due, and why the last one failed.
    attempts        integer                  not null default 0,
    next_attempt_at timestamp(3),
    last_error      varchar(1000),
    -- The action context (JSON), from which an attempt is made after a restart too.
    context         text,
    -- What the coordinator decided: 1 CONFIRM, 2 CANCEL, 3 EMPTY_ROLLBACK (a Cancel that found no Try). It never changes.
    decision        smallint,
    -- When it was first heard of; deadlines count from here.
    decided_at      timestamp(3),
    -- Failures since the delay last started from its smallest: the delay doubles with each.
    delay_step      smallint                 not null default 0,
    -- 1 for branches that failed few times, 2 for those that failed often: these never take all places of their action.
    lane            smallint,
    -- The instance that makes an attempt now; next_attempt_at is then the end of its lease.
    claimed_by      varchar(64),
    -- Why a decided Confirm is being given up: 1 DEADLINE, 2 REFUSED; and in words. From then on it is not attempted again.
    give_up_cause   smallint,
    give_up_reason  varchar(1000),
    -- By xid first: the branches of one global transaction are read together.
    constraint pk_tcc_fence_log primary key (xid, branch_id),
    constraint tcc_fence_log_status check (status between 1 and 6),
    constraint tcc_fence_log_attempts check (attempts >= 0),
    constraint tcc_fence_log_decision check (decision between 1 and 3),
    -- Due means decided; and what has no lane would never be found.
    constraint tcc_fence_log_schedule check ((next_attempt_at is null) = (lane is null)
        and (next_attempt_at is null or (decision is not null and decided_at is not null and context is not null)))
);

-- For the attempts that are due. A healthy branch is never in this index.
create index tcc_fence_log_due on tcc_fence_log (action_name, lane, next_attempt_at) where lane is not null;
-- For the cleaner and for what waits for a person: both look at one status, oldest first.
create index tcc_fence_log_age on tcc_fence_log (status, gmt_modified);

-- Every attempt that failed, for the branches that have any: written in the transaction that writes the failure into the fence
-- row, so a healthy branch has none here. Of a branch that fails for ever the first 20 and the last 180 are kept. They go
-- when the fence row goes.
create table tcc_attempt
(
    xid         varchar(128) collate "C" not null,
    branch_id   bigint        not null,
    -- As tcc_fence_log.attempts counted it: the first is 1.
    number      integer       not null,
    operation   varchar(16)   not null,
    started_at  timestamp(3)  not null,
    ended_at    timestamp(3)  not null,
    error       varchar(1000) not null,
    -- When the next one was due, as it looked then; null if the branch was parked.
    next_due_at timestamp(3),
    -- Which instance made it.
    instance    varchar(64)   not null,
    constraint tcc_attempt_pk primary key (xid, branch_id, number),
    constraint tcc_attempt_number check (number >= 1),
    constraint tcc_attempt_operation check (operation in ('CONFIRM', 'CANCEL', 'EMPTY_ROLLBACK', 'GIVE_UP'))
);

-- Actions of which nobody makes an attempt until a person lets them go on. It holds for all instances of the service.
create table tcc_paused_action
(
    action_name varchar(64)   not null,
    since       timestamp(3)  not null,
    who         varchar(100)  not null,
    reason      varchar(1000) not null,
    constraint tcc_paused_action_pk primary key (action_name)
);

-- What people did to branches and actions, and why. Written in the same transaction as what it tells; never deleted here.
create table tcc_audit
(
    id            bigint        not null generated by default as identity,
    happened_at   timestamp(3)  not null,
    who           varchar(100)  not null,
    operation     varchar(16)   not null,
    action_name   varchar(64),
    xid           varchar(128) collate "C",
    branch_id     bigint,
    status_before varchar(16),
    status_after  varchar(16),
    reason        varchar(1000) not null,
    constraint tcc_audit_pk primary key (id),
    constraint tcc_audit_operation check (operation in ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME'))
);
create index tcc_audit_branch on tcc_audit (xid, branch_id);

-- The operations that tcc_audit takes, for PostgreSQL from 11 on: what people did, and what a
-- service decided by itself about branches whose end nobody had asked for. May be run again.
alter table tcc_audit
    drop constraint tcc_audit_operation,
    add constraint tcc_audit_operation check (operation in
        ('RETRY', 'RESOLVE', 'PAUSE', 'RESUME', 'ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT'));

-- Which schema this is, for PostgreSQL from 11 on: beside the fence table, in the database of every service with TCC
-- actions. May be run again, by several one after the other too: the identity that is there stays.
--
-- It travels in the context of every branch. The coordinator sends phase two to any instance with the application id of the
-- one that tried, and two teams' test installations may have the same: whoever finds another identity than its own refuses,
-- before it touches the fence. A dump that is restored elsewhere bears the identity of where it comes from: there, delete
-- the row before the service starts, and the service makes a new one.
create table if not exists tcc_schema_identity
(
    only_row  smallint                not null default 1,
    schema_id varchar(16) collate "C" not null,
    made_at   timestamp(3)            not null,
    constraint tcc_schema_identity_pk primary key (only_row),
    constraint tcc_schema_identity_only_row check (only_row = 1),
    constraint tcc_schema_identity_length check (char_length(schema_id) = 16)
);

insert into tcc_schema_identity (only_row, schema_id, made_at)
values (1, left(md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text || random()::text), 16),
        clock_timestamp() at time zone 'UTC')
on conflict do nothing;
