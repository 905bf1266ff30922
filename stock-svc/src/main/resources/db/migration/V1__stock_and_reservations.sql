-- All text here is ids and codes: compared byte by byte, so that the database sorts SKUs as Java does, and indexed at one byte a
-- character. Every time is UTC and comes from the service's clock.

create table stock (
    sku       varchar(64) not null primary key,
    received  bigint      not null,
    available bigint      not null,
    reserved  bigint      not null,
    sold      bigint      not null,
    constraint stock_no_part_negative check (received >= 0 and available >= 0 and reserved >= 0 and sold >= 0),
    -- As a difference: a sum of parts that are each in range may overflow.
    constraint stock_parts_make_the_whole check (received - available - reserved = sold)
) engine = InnoDB default character set ascii collate ascii_bin;

-- One row per line of an order. No foreign key to stock: every insert would share-lock the stock row that the same transaction
-- wants to change, and two orders for one SKU would deadlock.
create table reservation (
    xid        varchar(128) not null,
    branch_id  bigint       not null,
    order_id   varchar(64)  not null,
    sku        varchar(64)  not null,
    quantity   bigint       not null,
    status     varchar(16)  not null,
    created_at datetime(3)  not null,
    decided_at datetime(3)  null,
    -- The branch first: Confirm and Cancel take all rows of a branch.
    primary key (xid, branch_id, order_id, sku),
    constraint reservation_quantity_positive check (quantity > 0),
    constraint reservation_status_known check (status in ('RESERVED', 'SOLD', 'RELEASED')),
    constraint reservation_reserved_until_decided check ((status = 'RESERVED') = (decided_at is null))
) engine = InnoDB default character set ascii collate ascii_bin;

-- The branch whose reservations are an order's live ones: an order holds or has taken stock once (I4). The row goes when the
-- branch is cancelled; then the order id may be used again. An order that was confirmed and then closed stays claimed.
--
-- A unique key over a column of reservation that is null for released rows would say the same, and deadlocked: an order
-- that is reserved again finds its old entry there, deleted and not purged yet, and InnoDB locks the gaps around it even under
-- READ COMMITTED. In a primary key it locks the row alone.
create table order_claim (
    order_id  varchar(64)  not null primary key,
    xid       varchar(128) not null,
    branch_id bigint       not null
) engine = InnoDB default character set ascii collate ascii_bin;

create table receipt (
    idempotency_key varchar(64) not null primary key,
    sku             varchar(64) not null,
    quantity        bigint      not null,
    created_at      datetime(3) not null,
    constraint receipt_quantity_positive check (quantity > 0)
) engine = InnoDB default character set ascii collate ascii_bin;
