-- What the counters of a sale hold is compared with its orders part by part, so the orders of one part have to lie together. The buyer
-- tells the part (class SalePart). crc32 is the same function everywhere; generated columns may not use it.

alter table orders add column sale_part smallint null;

update orders set sale_part = mod(crc32(buyer_id), 128) where sale_id is not null;

alter table orders
    add constraint ck_orders_sale_part check ((sale_id is null) = (sale_part is null)),
    -- As before: the buyer's pieces are summed up, and the counters of a sale are rebuilt, from this index alone.
    drop key ix_orders_sale,
    add key ix_orders_sale (sale_id, sale_part, buyer_id, idempotency_key, ended_as, sale_quantity);
