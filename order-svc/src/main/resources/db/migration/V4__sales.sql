-- Flash sales. What is set apart for one is a SKU of its own, <sku>@<sale>, in the lines of its orders as in stock-svc.

alter table order_line modify sku varchar(101) character set ascii collate ascii_bin not null;

create table sale (
    sale_id          char(36)     character set ascii collate ascii_bin not null,
    idempotency_key  varchar(64)  character set ascii collate ascii_bin not null,
    sku              varchar(64)  character set ascii collate ascii_bin not null,
    quota            int          not null,
    unit_price_minor bigint       not null,
    currency         char(3)      character set ascii collate ascii_bin not null,
    per_buyer_limit  int          not null,
    opens_at         datetime(3)  not null,
    closes_at        datetime(3)  not null,
    stage            varchar(16)  character set ascii collate ascii_bin not null,
    reason_code      varchar(40)  character set ascii collate ascii_bin null,
    reason_detail    varchar(500) null,
    created_at       datetime(3)  not null,
    changed_at       datetime(3)  not null,
    -- As it was asked for, so that the same request is known again after the sale was opened or closed early.
    asked_opens_at   datetime(3)  not null,

    primary key (sale_id),
    unique key uk_sale_idempotency_key (idempotency_key),
    key ix_sale_stage (stage, changed_at),

    constraint ck_sale_stage check (stage in ('PREPARING', 'READY', 'PAUSED', 'CLOSING', 'CLOSED', 'REFUSED')),
    constraint ck_sale_numbers check (quota > 0 and per_buyer_limit between 1 and quota and unit_price_minor > 0),
    constraint ck_sale_times check (opens_at < closes_at),
    constraint ck_sale_reason check ((stage = 'REFUSED') = (reason_code is not null)
        and (reason_code is null) = (reason_detail is null))
) engine = InnoDB default charset = utf8mb4;

-- Locked by whoever enters orders of that buyer in that sale, so that two at once cannot both find that they are within the limit.
create table sale_buyer (
    sale_id  char(36)    character set ascii collate ascii_bin not null,
    buyer_id varchar(64) character set ascii collate ascii_bin not null,
    primary key (sale_id, buyer_id)
) engine = InnoDB default charset = utf8mb4;

-- What was mended of the counters of a sale in Redis.
create table sale_mend (
    mend_id    bigint       not null auto_increment,
    sale_id    char(36)     character set ascii collate ascii_bin not null,
    at         datetime(3)  not null,
    kind       varchar(16)  character set ascii collate ascii_bin not null,
    pieces     bigint       not null,
    detail     varchar(500) not null,
    primary key (mend_id),
    key ix_sale_mend_at (at),
    constraint ck_sale_mend_kind check (kind in ('OVERSELL', 'UNDERSELL', 'BUYERS'))
) engine = InnoDB default charset = utf8mb4;

alter table orders
    add column sale_id       char(36) character set ascii collate ascii_bin null,
    add column sale_quantity int      null,
    -- The buyer's pieces are summed up, and the counters of a sale are rebuilt, from this index alone.
    add key ix_orders_sale (sale_id, buyer_id, idempotency_key, status, sale_quantity),
    add constraint ck_orders_sale check ((sale_id is null) = (sale_quantity is null)
        and (sale_quantity is null or sale_quantity > 0));
