-- Payments by card: the charge at the gateway, and what is still to be undone there.

alter table payment drop constraint payment_method_known;
alter table payment drop constraint payment_status_known;
alter table payment
    -- Why it was given up, for people and for the order that is closed because of it.
    add column reason varchar(255) character set utf8mb4 null,
    add constraint payment_method_is_known check (method in ('WALLET', 'CARD')),
    add constraint payment_status_is_known check (status in ('OPEN', 'CAPTURED', 'RELEASED', 'GIVEN_UP')),
    add constraint payment_given_up_for_a_reason check ((status = 'GIVEN_UP') = (reason is not null));

-- The intent: committed before the gateway is called for the first time, so that whatever happens then it is known under which
-- key to ask. No foreign key to payment: it would share-lock that row.
create table card_charge (
    xid              varchar(128) not null,
    branch_id        bigint       not null,
    order_id         varchar(64)  not null,
    -- What all idempotency keys of this payment begin with. It belongs to the branch, not to the order: an order that is paid
    -- anew after a rollback is another charge, and the old key would bring back the old answer.
    charge_key       varchar(40)  not null,
    amount           bigint       not null,
    currency         char(3)      not null,
    -- SHA-256 over the key and the card's token; the token itself is kept nowhere.
    card_fingerprint char(64)     not null,
    status           varchar(16)  not null,
    gateway_id       varchar(64)  null,
    refusal          varchar(64)  null,
    created_at       datetime(3)  not null,
    changed_at       datetime(3)  not null,
    primary key (xid, branch_id, order_id),
    unique key charge_of_its_key (charge_key),
    constraint charge_amount_positive check (amount > 0),
    constraint charge_status_known check (status in
        ('INTENDED', 'AUTHORIZED', 'DECLINED', 'CAPTURED', 'VOIDED', 'REFUNDED', 'ABSENT')),
    constraint charge_known_to_the_gateway check (gateway_id is not null or status in ('INTENDED', 'DECLINED', 'ABSENT')),
    constraint charge_declined_for_a_reason check ((status = 'DECLINED') = (refusal is not null))
) engine = InnoDB default character set ascii collate ascii_bin;

-- Money that the gateway may hold or have taken for a payment that was released or given up. Written in the local transaction
-- that ends the payment, and carried out later, as often as it takes.
create table void_or_refund (
    charge_key  varchar(40)  not null primary key,
    status      varchar(16)  not null,
    attempts    int          not null,
    -- How often the gateway refused for good: then the next attempt needs another key.
    refusals    int          not null,
    -- When it is tried next; while somebody is at it, the end of the lease.
    due_at      datetime(3)  null,
    last_error  varchar(500) character set utf8mb4 null,
    created_at  datetime(3)  not null,
    settled_at  datetime(3)  null,
    key void_or_refund_due (status, due_at),
    constraint void_or_refund_status_known check (status in ('DUE', 'VOIDED', 'REFUNDED', 'NOTHING')),
    constraint void_or_refund_due_until_settled check ((status = 'DUE') = (due_at is not null)
        and (status = 'DUE') = (settled_at is null))
) engine = InnoDB default character set ascii collate ascii_bin;
