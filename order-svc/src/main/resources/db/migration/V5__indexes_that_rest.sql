-- An order is written three times on its usual way: RECEIVED, PLACED, PAID. Three indexes held its status or its branch, so each of
-- them was changed with every step, and so was what the purge has to take out of them later. Now an order moves in them once: when
-- it ends.

alter table orders
    -- How it ended, as far as it has: PAID, CLOSED or REJECTED.
    add column ended_as varchar(16) character set ascii collate ascii_bin
        generated always as (case when decided_at is null then null else status end) stored;

alter table orders
    -- Confirm and Cancel find the orders of their branch by it. A global transaction has few more orders than one branch has.
    add key ix_orders_xid (xid),
    drop key ix_orders_branch,
    -- Orders that have not ended are looked for by it; so are pages of those that have, by how they did.
    add key ix_orders_ended (ended_as, created_at),
    drop key ix_orders_status,
    -- As before: the buyer's pieces are summed up, and the counters of a sale are rebuilt, from this index alone.
    drop key ix_orders_sale,
    add key ix_orders_sale (sale_id, buyer_id, idempotency_key, ended_as, sale_quantity);
