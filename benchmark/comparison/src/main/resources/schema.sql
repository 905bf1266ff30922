-- Every role has all tables and uses its own. The variants share them, each with SKUs and accounts of its own.
create table if not exists orders (
    order_id        varchar(36)  not null primary key,
    account         varchar(80)  not null,
    idempotency_key varchar(80)  not null,
    sku             varchar(64)  not null,
    quantity        int          not null,
    total_minor     bigint       not null,
    status          varchar(16)  not null,
    created_at      datetime(3)  not null default current_timestamp(3),
    unique key orders_once (account, idempotency_key)
);

create table if not exists stock (
    sku       varchar(64) not null primary key,
    received  bigint      not null,
    available bigint      not null,
    reserved  bigint      not null default 0,
    sold      bigint      not null default 0,
    check (available >= 0 and reserved >= 0 and sold >= 0),
    check (received = available + reserved + sold)
);

create table if not exists reservation (
    order_id varchar(36) not null primary key,
    sku      varchar(64) not null,
    quantity int         not null,
    status   varchar(16) not null
);

create table if not exists account (
    account   varchar(80) not null primary key,
    deposited bigint      not null,
    balance   bigint      not null,
    frozen    bigint      not null default 0,
    spent     bigint      not null default 0,
    check (balance >= 0 and frozen >= 0 and spent >= 0),
    check (deposited = balance + frozen + spent)
);

create table if not exists payment (
    order_id     varchar(36) not null primary key,
    account      varchar(80) not null,
    amount_minor bigint      not null,
    status       varchar(16) not null
);

-- Seata's fence, as its TCC mode expects it.
create table if not exists tcc_fence_log (
    xid          varchar(128) not null,
    branch_id    bigint       not null,
    action_name  varchar(64)  not null,
    status       tinyint      not null,
    gmt_create   datetime(3)  not null,
    gmt_modified datetime(3)  not null,
    primary key (xid, branch_id),
    key fence_by_age (gmt_modified),
    key fence_by_status (status)
);

-- Seata's before and after images, as its AT mode expects them.
create table if not exists undo_log (
    branch_id     bigint       not null,
    xid           varchar(128) not null,
    context       varchar(128) not null,
    rollback_info longblob     not null,
    log_status    int          not null,
    log_created   datetime(6)  not null,
    log_modified  datetime(6)  not null,
    unique key undo_of_branch (xid, branch_id),
    key undo_by_age (log_created)
);
