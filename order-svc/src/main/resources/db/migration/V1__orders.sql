-- Orders and their lines. The tables of the fence (V0_1) and of local messages (V0_2) come before, from
-- tcc-fence-sql.
-- All times are UTC. Ids and codes are compared byte by byte: 'Sku-1' and 'sku-1' are two SKUs, and one key has one spelling.

create table orders (
    order_id        char(36)     character set ascii collate ascii_bin not null,
    buyer_id        varchar(64)  character set ascii collate ascii_bin not null,
    idempotency_key varchar(64)  character set ascii collate ascii_bin not null,
    request_hash    char(64)     character set ascii collate ascii_bin not null,
    status          varchar(16)  character set ascii collate ascii_bin not null,
    payment_method  varchar(16)  character set ascii collate ascii_bin not null,
    total_minor     bigint       not null,
    currency        char(3)      character set ascii collate ascii_bin not null,
    xid             varchar(128) character set ascii collate ascii_bin null,
    branch_id       bigint       null,
    reason_code     varchar(40)  character set ascii collate ascii_bin null,
    reason_detail   varchar(500) null,
    created_at      datetime(3)  not null,
    decided_at      datetime(3)  null,
    -- Of an order whose payment was given up: since when it is being closed, and when stock-svc released its goods.
    closing_at      datetime(3)  null,
    released_at     datetime(3)  null,

    primary key (order_id),
    -- One key of one buyer makes one order, however many requests come at once.
    unique key uk_orders_idempotency_key (buyer_id, idempotency_key),
    -- Confirm and Cancel find the orders of their branch by it.
    key ix_orders_branch (xid, branch_id),
    -- Abandoned orders are looked for by it; so are pages of one status.
    key ix_orders_status (status, created_at),
    key ix_orders_buyer (buyer_id, created_at),
    key ix_orders_created (created_at),

    constraint ck_orders_status check (status in ('RECEIVED', 'PLACED', 'CONFIRMING', 'PAID', 'CLOSING', 'CLOSED', 'REJECTED')),
    constraint ck_orders_total check (total_minor > 0),
    constraint ck_orders_reason check ((status in ('REJECTED', 'CLOSING', 'CLOSED')) = (reason_code is not null)
        and (reason_code is null) = (reason_detail is null)),
    -- Whatever is not refused on the spot belongs to a global transaction, or nobody would ever end it.
    constraint ck_orders_xid check (xid is not null or status = 'REJECTED'),
    constraint ck_orders_branch check (branch_id is not null or status in ('RECEIVED', 'REJECTED')),
    constraint ck_orders_decided check ((decided_at is not null) = (status in ('PAID', 'CLOSED', 'REJECTED'))),
    constraint ck_orders_closing check ((closing_at is not null) = (status in ('CLOSING', 'CLOSED'))),
    constraint ck_orders_released check ((released_at is not null) = (status = 'CLOSED'))
) engine = InnoDB default charset = utf8mb4;

create table order_line (
    order_id         char(36)    character set ascii collate ascii_bin not null,
    line_no          int         not null,
    sku              varchar(64) character set ascii collate ascii_bin not null,
    quantity         int         not null,
    unit_price_minor bigint      not null,

    primary key (order_id, line_no),
    unique key uk_order_line_sku (order_id, sku),
    constraint fk_order_line_order foreign key (order_id) references orders (order_id),
    constraint ck_order_line_quantity check (quantity > 0),
    constraint ck_order_line_price check (unit_price_minor > 0)
) engine = InnoDB default charset = utf8mb4;
