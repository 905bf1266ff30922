-- All text here is ids and codes, so it is compared byte by byte and indexed at one byte a character.

create table account (
    buyer_id  varchar(64) not null primary key,
    currency  char(3)     not null,
    deposited bigint      not null,
    balance   bigint      not null,
    frozen    bigint      not null,
    spent     bigint      not null,
    constraint account_no_part_negative check (deposited >= 0 and balance >= 0 and frozen >= 0 and spent >= 0),
    -- Written as a difference: three parts that are each in range may overflow when added.
    constraint account_parts_make_the_whole check (deposited - balance - frozen = spent)
) engine = InnoDB default character set ascii collate ascii_bin;

-- No foreign key to account: it would share-lock the account row on every insert, and two payments of one buyer that then
-- want to change that row would deadlock.
create table payment (
    xid        varchar(128) not null,
    branch_id  bigint       not null,
    order_id   varchar(64)  not null,
    buyer_id   varchar(64)  not null,
    amount     bigint       not null,
    currency   char(3)      not null,
    method     varchar(16)  not null,
    status     varchar(16)  not null,
    created_at datetime(3)  not null,
    decided_at datetime(3)  null,
    -- The branch first: Confirm and Cancel take all rows of a branch.
    primary key (xid, branch_id, order_id),
    constraint payment_amount_positive check (amount > 0),
    constraint payment_method_known check (method in ('WALLET')),
    constraint payment_status_known check (status in ('OPEN', 'CAPTURED', 'RELEASED')),
    constraint payment_open_until_decided check ((status = 'OPEN') = (decided_at is null)),
    key payment_of_order (order_id, created_at)
) engine = InnoDB default character set ascii collate ascii_bin;

-- The branch whose payment is an order's live one: an order holds or has taken money once (I4). The row goes when the branch is
-- released; then the order id may be used again.
--
-- A unique key over a column of payment that is null for released rows would say the same, and deadlocked: an order that is
-- opened again finds its old entry there, deleted and not purged yet, and InnoDB locks the gaps around it even under READ
-- COMMITTED. In a primary key it locks the row alone.
create table order_claim (
    order_id  varchar(64)  not null primary key,
    xid       varchar(128) not null,
    branch_id bigint       not null
) engine = InnoDB default character set ascii collate ascii_bin;

create table deposit (
    idempotency_key varchar(64) not null primary key,
    buyer_id   varchar(64) not null,
    amount     bigint      not null,
    currency   char(3)     not null,
    created_at datetime(3) not null,
    constraint deposit_amount_positive check (amount > 0)
) engine = InnoDB default character set ascii collate ascii_bin;
