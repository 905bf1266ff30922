-- The tables of a Seata coordinator (TC) 2.0.0 that runs with seata.store.mode=db, for PostgreSQL. May be run again: what is
-- there is left alone. Statements only: connect to the coordinator's own database first.
--
-- Where a width differs from what is commonly used, it is wider: the database refuses a value that is too long for its
-- column, and then the transaction does not begin or the branch is not registered.

-- Global transactions. Finished ones stay for retryDeadThreshold, so the scans below meet more rows than are running.
create table if not exists global_table
(
    xid                       varchar(128) collate "C" not null,
    transaction_id            bigint                   not null,
    status                    smallint                 not null,
    application_id            varchar(64),
    transaction_service_group varchar(64),
    -- The coordinator asks the database for this width and cuts longer names to it.
    transaction_name          varchar(128),
    timeout                   integer,
    begin_time                bigint,
    application_data          varchar(2000),
    gmt_create                timestamp(0),
    gmt_modified              timestamp(0),
    constraint pk_global_table primary key (xid)
);
-- Every retry round reads "where status in (...) order by gmt_modified limit ...".
create index if not exists idx_global_table_status_gmt_modified on global_table (status, gmt_modified);
create index if not exists idx_global_table_transaction_id on global_table (transaction_id);

create table if not exists branch_table
(
    branch_id         bigint                   not null,
    xid               varchar(128) collate "C" not null,
    transaction_id    bigint                   not null,
    resource_group_id varchar(32),
    resource_id       varchar(256),
    branch_type       varchar(8),
    status            smallint,
    -- application:address:port
    client_id         varchar(128),
    -- The action context as JSON. 2,000 characters are common, and a context with a few lists is soon longer.
    application_data  varchar(8000),
    -- Branches are confirmed in the order of this column and cancelled in its reverse; in whole seconds, or even
    -- milliseconds, branches of one transaction would tie.
    gmt_create        timestamp(6),
    gmt_modified      timestamp(6),
    constraint pk_branch_table primary key (branch_id)
);
create index if not exists idx_branch_table_xid on branch_table (xid);

-- Row locks of AT transactions. TCC takes none, but the coordinator deletes from it whenever a transaction ends.
create table if not exists lock_table
(
    row_key        varchar(128) not null,
    xid            varchar(128) collate "C",
    transaction_id bigint,
    branch_id      bigint       not null,
    resource_id    varchar(256),
    table_name     varchar(64),
    pk             varchar(128),
    -- 0 locked, 1 rolling back
    status         smallint     not null default 0,
    gmt_create     timestamp(0),
    gmt_modified   timestamp(0),
    constraint pk_lock_table primary key (row_key)
);
create index if not exists idx_lock_table_status on lock_table (status);
create index if not exists idx_lock_table_branch_id on lock_table (branch_id);
create index if not exists idx_lock_table_xid on lock_table (xid);

-- Which of several coordinators does a round of retries.
create table if not exists distributed_lock
(
    lock_key   varchar(20) not null,
    -- address:port of the coordinator; a space while nobody holds it
    lock_value varchar(64) not null,
    expire     bigint,
    constraint pk_distributed_lock primary key (lock_key)
);

-- A coordinator inserts a row that is missing; two that start at once would both try. So they are here from the start.
insert into distributed_lock (lock_key, lock_value, expire)
values ('AsyncCommitting', ' ', 0),
       ('RetryCommitting', ' ', 0),
       ('RetryRollbacking', ' ', 0),
       ('TxTimeoutCheck', ' ', 0),
       ('UndologDelete', ' ', 0)
on conflict (lock_key) do nothing;
