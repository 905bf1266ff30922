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
    -- How many Confirms or Cancels failed, when the next one is due, and why the last one failed.
    attempts        integer                  not null default 0,
    next_attempt_at timestamp(3),
    last_error      varchar(1000),
    -- The action context (JSON) of a branch whose Confirm the service drives itself; null for all others.
    context         text,
    -- By xid first: the branches of one global transaction are read together.
    constraint pk_tcc_fence_log primary key (xid, branch_id),
    constraint tcc_fence_log_status check (status between 1 and 6),
    constraint tcc_fence_log_attempts check (attempts >= 0)
);

-- For the attempts that are due, and for the cleaner: both look at one status, oldest first.
create index tcc_fence_log_due on tcc_fence_log (status, next_attempt_at);
create index tcc_fence_log_age on tcc_fence_log (status, gmt_modified);
