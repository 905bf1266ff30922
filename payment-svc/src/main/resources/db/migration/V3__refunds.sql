-- Captured payments that are given back, because their orders were cancelled after they were paid.

alter table payment drop constraint payment_status_is_known;
alter table payment
    -- When it was given back, or, of a card, when that became an obligation. decided_at stays what it was: when it was captured.
    add column refunded_at datetime(3) null,
    add constraint payment_status_is_one_of check (status in ('OPEN', 'CAPTURED', 'RELEASED', 'GIVEN_UP', 'REFUNDED')),
    add constraint payment_refunded_at_a_time check ((status = 'REFUNDED') = (refunded_at is not null));
