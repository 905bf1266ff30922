-- Orders that their buyers gave up on: the wish, and what is given back because of it.

alter table orders drop constraint ck_orders_released;
alter table orders
    -- The wish. It is noted while the order is CONFIRMING and comes into effect as soon as its payment is captured.
    add column cancel_asked_at datetime(3)  null,
    add column cancel_reason   varchar(200) null,
    -- Of an order that was PAID before it was cancelled: since when.
    add column paid_at         datetime(3)  null,
    -- Beside released_at, of a cancelled order: when payment-svc gave its money back, or wrote down that it has to be.
    add column refunded_at     datetime(3)  null,

    add constraint ck_orders_wish check ((cancel_asked_at is null) = (cancel_reason is null)
        and (cancel_asked_at is null or status in ('CONFIRMING', 'CLOSING', 'CLOSED'))),
    add constraint ck_orders_cancelled check (coalesce(reason_code, '') <> 'cancelled' or cancel_asked_at is not null),
    add constraint ck_orders_was_paid check (paid_at is null or coalesce(reason_code, '') = 'cancelled'),
    add constraint ck_orders_given_back check ((released_at is null or status in ('CLOSING', 'CLOSED'))
        and (refunded_at is null or (status in ('CLOSING', 'CLOSED') and coalesce(reason_code, '') = 'cancelled'))),
    -- An order whose goods and money are back is CLOSED, and no other one is: none is forgotten in between.
    add constraint ck_orders_closed check ((status = 'CLOSED') =
        (released_at is not null and (coalesce(reason_code, '') <> 'cancelled' or refunded_at is not null)));
