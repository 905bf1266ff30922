-- The tables of a Seata coordinator (TC) 2.0.0 that runs with seata.store.mode=db, for MySQL and MariaDB. May be run again:
-- what is there is left alone. Statements only: connect to the coordinator's own database first.
--
-- Where a width differs from what is commonly used, it is wider: the database refuses a value that is too long for its
-- column, and then the transaction does not begin or the branch is not registered.

-- Global transactions. Finished ones stay for retryDeadThreshold, so the scans below meet more rows than are running.
create table if not exists global_table
(
    xid                       varchar(128) character set ascii collate ascii_bin not null,
    transaction_id            bigint                                             not null,
    status                    tinyint                                            not null,
    application_id            varchar(64),
    transaction_service_group varchar(64),
    -- The coordinator asks the database for this width and cuts longer names to it.
    transaction_name          varchar(128),
    timeout                   int,
    begin_time                bigint,
    application_data          varchar(2000),
    gmt_create                datetime,
    gmt_modified              datetime,
    primary key (xid),
    -- Every retry round reads "where status in (...) order by gmt_modified limit ...".
    index idx_status_gmt_modified (status, gmt_modified),
    index idx_transaction_id (transaction_id)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_general_ci;

create table if not exists branch_table
(
    branch_id         bigint                                             not null,
    xid               varchar(128) character set ascii collate ascii_bin not null,
    transaction_id    bigint                                             not null,
    resource_group_id varchar(32),
    resource_id       varchar(256),
    branch_type       varchar(8),
    status            tinyint,
    -- application:address:port
    client_id         varchar(128),
    -- The action context as JSON. 2,000 characters are common, and a context with a few lists is soon longer.
    application_data  varchar(8000),
    -- Branches are confirmed in the order of this column and cancelled in its reverse; in whole seconds, or even
    -- milliseconds, branches of one transaction would tie.
    gmt_create        datetime(6),
    gmt_modified      datetime(6),
    primary key (branch_id),
    index idx_xid (xid)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_general_ci;

-- Row locks of AT transactions. TCC takes none, but the coordinator deletes from it whenever a transaction ends.
create table if not exists lock_table
(
    -- Ignores case on purpose: it stands for a row of a business table, whose key may ignore case too. A lock too many
    -- waits; a lock too few loses an update.
    row_key        varchar(128)                                       not null,
    xid            varchar(128) character set ascii collate ascii_bin,
    transaction_id bigint,
    branch_id      bigint                                             not null,
    resource_id    varchar(256),
    table_name     varchar(64),
    pk             varchar(128),
    -- 0 locked, 1 rolling back
    status         tinyint                                            not null default 0,
    gmt_create     datetime,
    gmt_modified   datetime,
    primary key (row_key),
    index idx_status (status),
    index idx_branch_id (branch_id),
    index idx_xid (xid)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_general_ci;

-- Which of several coordinators does a round of retries.
create table if not exists distributed_lock
(
    lock_key   char(20)    not null,
    -- address:port of the coordinator; a space while nobody holds it
    lock_value varchar(64) not null,
    expire     bigint,
    primary key (lock_key)
) engine = InnoDB
  default character set utf8mb4
  collate utf8mb4_general_ci;

-- A coordinator inserts a row that is missing; two that start at once would both try. So they are here from the start.
insert ignore into distributed_lock (lock_key, lock_value, expire)
values ('AsyncCommitting', ' ', 0),
       ('RetryCommitting', ' ', 0),
       ('RetryRollbacking', ' ', 0),
       ('TxTimeoutCheck', ' ', 0),
       ('UndologDelete', ' ', 0);
